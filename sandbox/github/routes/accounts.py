"""Routes: the token's own account, other people, and teams."""

from __future__ import annotations

from sandbox.github.errors import NotFound
from sandbox.github.routes.call import Call, Table
from sandbox.github.views.site import Json


def me(call: Call) -> Json:
    return call.site.full_user(call.viewer)


def user(call: Call) -> Json:
    account = call.github.accounts.find(call.part("login"))
    if account is None:
        raise NotFound
    return call.site.full_user(account)


def team_members(call: Call) -> list[Json]:
    members = call.github.accounts.teams.get(call.part("team"))
    if members is None or call.github.accounts[call.part("org")].kind != "Organization":
        raise NotFound
    return [call.site.user(login) for login in call.paged(members)]


ROUTES: Table = (
    ("GET", "/user", me),
    ("GET", "/users/{login}", user),
    ("GET", "/orgs/{org}/teams/{team}/members", team_members),
)
