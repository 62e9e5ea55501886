"""The GitHub REST API as one sub-application: authentication, limits, ETags, and the routes."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.edge import edge
from sandbox.github.accounts import Account
from sandbox.github.errors import NotFound, Refused
from sandbox.github.host import GitHub
from sandbox.github.repository import Repository
from sandbox.github.routes import (
    accounts,
    actions,
    apps,
    commits,
    deployments,
    graphql,
    pages,
    pulls,
    releases,
    repositories,
)
from sandbox.github.routes.call import Call, Reply, Route, Table
from sandbox.github.views.site import Json, Site

if TYPE_CHECKING:
    from sandbox.world import World

_OF_REPOSITORIES: tuple[Table, ...] = (
    actions.ROUTES,
    commits.ROUTES,
    deployments.ROUTES,
    pulls.ROUTES,
    releases.ROUTES,
    repositories.ROUTES,
)


def routes(world: World) -> web.Application:
    """The API, to be mounted where the world says."""
    api = _Api(world)
    app = web.Application(middlewares=[edge("github", world, mount=world.github_at)])
    for method, path, route in (*accounts.ROUTES, *apps.ROUTES, *graphql.ROUTES):
        app.router.add_route(method, path, api.handler(route))
    app.router.add_get("/rate_limit", api.handler(api.rate_limit, free=True))
    for table in _OF_REPOSITORIES:
        for method, path, route in table:
            app.router.add_route(method, f"/repos/{{owner}}/{{repo}}{path}", api.handler(route))
    app.router.add_get(pages.RUN, pages.run(world))
    app.router.add_get(pages.ISSUE, pages.issue(world))
    app.router.add_get(pages.PULL, pages.pull(world))
    app.router.add_route("*", "/{unknown:.*}", api.handler(_unknown))
    return app


def graphql_beside(world: World) -> web.Application:
    """The GraphQL API of an Enterprise Server, whose place is beside that of the REST API."""
    mount = world.github_at.removesuffix("/v3")
    app = web.Application(middlewares=[edge("github", world, mount=mount)])
    for method, _, route in graphql.ROUTES:
        app.router.add_route(method, "", _Api(world).handler(route))
    return app


def _unknown(call: Call) -> object:
    raise NotFound


class _Api:
    """What every request goes through before and after its route."""

    def __init__(self, world: World) -> None:
        self._world = world

    def rate_limit(self, call: Call) -> Json:
        state = call.github.limits.state(call.viewer.login, call.github.clock.now())
        resources = {"core": state, "search": state, "graphql": state}
        return {"resources": resources, "rate": state}

    def handler(self, route: Route, *, free: bool = False) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            github = self._world.github
            path = request.path.removeprefix(self._world.github_at)
            site = Site(self._world.github_url, github.accounts)
            try:
                viewer = _viewer(request, github, path)
            except Refused as refused:
                return _response(refused.status, refused.body())
            call = Call(request, github, site, viewer, {}, path)
            accepted = ""
            try:
                call.body = await _body(request)
                answer = route(call)
            except Refused as refused:
                answer, accepted = Reply(refused.status, refused.body()), refused.accepted
            response = _encoded(call, answer)
            if accepted:
                response.headers["X-Accepted-GitHub-Permissions"] = accepted
            now = github.clock.now()
            if response.status != 304 and not free:
                github.limits.count(viewer.login, now)
            response.headers.update(github.limits.headers(viewer.login, now))
            if (scopes := github.accounts.scopes.get(call.token)) is not None:
                response.headers["X-OAuth-Scopes"] = ", ".join(scopes)
            if not path.startswith("/app"):  # the App's tokens live on real time
                response.headers["Date"] = format_datetime(now.astimezone(UTC), usegmt=True)
            return response

        return handle


def _viewer(request: web.Request, github: GitHub, path: str) -> Account:
    """Whose token this is. An App speaks for itself below /app, and by its tokens elsewhere."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if not token:
        raise Refused(401, "Requires authentication")
    if path == "/app" or path.startswith("/app/"):
        github.app.check_jwt(token)
        return github.accounts[github.app.login]
    if token.startswith("ghs_"):
        grant = github.app.grant(token)
        if "repo" in request.match_info:
            repo = "{owner}/{repo}".format_map(request.match_info)
            grant.check(request.method, repo, path.removeprefix(f"/repos/{repo}"))
        elif path == "/user":
            raise Refused(403, "Resource not accessible by integration")
        return github.accounts[github.app.login]
    account = github.accounts.of_token(token) if scheme.lower() in ("bearer", "token") else None
    if account is None:
        raise Refused(401, "Bad credentials")
    there = _repository(request, github)
    if request.method != "GET" and there is not None and not there.may_write(account.login):
        raise Refused(403, "Must have admin rights to Repository.")
    return account


def _repository(request: web.Request, github: GitHub) -> Repository | None:
    parts = request.match_info
    return github.repositories.get(f"{parts.get('owner')}/{parts.get('repo')}")


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    if not raw or request.method == "GET":
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refused(400, "Problems parsing JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "Body should be a JSON object")
    return body


def _encoded(call: Call, answer: object) -> web.Response:
    reply = answer if isinstance(answer, Reply) else Reply(200, answer)
    response = _response(reply.status, reply.body)
    if call.links:
        response.headers["Link"] = ", ".join(call.links)
    if call.request.method != "GET" or reply.status != 200:
        return response
    etag = f'W/"{hashlib.sha256(response.body or b"").hexdigest()}"'  # type: ignore[arg-type]
    if call.request.headers.get("If-None-Match") == etag:
        response = _response(304, None)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
    return response


def _response(status: int, body: object) -> web.Response:
    headers = {
        "X-GitHub-Request-Id": uuid.uuid4().hex[:18].upper(),
        "X-GitHub-Media-Type": "github.v3; format=json",
        "X-GitHub-Api-Version-Selected": "2022-11-28",
    }
    if body is None:
        return web.Response(status=status, headers=headers)
    if isinstance(body, str):
        return web.Response(text=body, status=status, headers=headers)
    return web.json_response(body, status=status, headers=headers)
