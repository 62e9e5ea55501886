"""Routes that the App asks as itself, by a JSON web token."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.github.apps import UNSEEN
from sandbox.github.errors import NotFound, Refused
from sandbox.github.routes.call import Call, Reply, Table
from sandbox.github.views import apps as views
from sandbox.github.views.site import Json


def app(call: Call) -> Json:
    return views.app(call.site, call.github.app)


def installation(call: Call) -> Json:
    if call.number("installation") != call.github.app.installation:
        raise NotFound
    return views.installation(call.site, call.github.app)


def token(call: Call) -> Reply:
    if call.number("installation") != call.github.app.installation:
        raise NotFound
    names = call.body.get("repositories")
    if isinstance(names, list):
        owned = {repo.name for repo in call.github.repositories.values()}
        if not set(names) <= owned:
            raise Refused(422, UNSEEN)
    text, grant = call.github.app.mint(call.body)
    ends = datetime.fromtimestamp(grant.ends_at, UTC)
    return Reply(201, views.token(text, grant, ends))


ROUTES: Table = (
    ("GET", "/app", app),
    ("GET", "/app/installations/{installation}", installation),
    ("POST", "/app/installations/{installation}/access_tokens", token),
)
