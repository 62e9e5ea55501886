"""Vercel's REST API as one sub-application, as far as rollbacks need it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.edge import edge
from sandbox.vercel import views
from sandbox.vercel.errors import Refused
from sandbox.vercel.host import TEAM
from sandbox.vercel.project import Kind, Project

if TYPE_CHECKING:
    from sandbox.world import World

MOST = 100
Route = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(world: World) -> web.Application:
    """The API, to be mounted at /vercel."""
    api = _Api(world)
    app = web.Application(middlewares=[edge("vercel", world), _refusing, api.authorised])
    one = "/v9/projects/{project}"
    app.router.add_get("/v7/deployments", api.deployments)
    app.router.add_get(one, api.project)
    app.router.add_patch(one, api.update)
    app.router.add_post("/v1/projects/{project}/rollback/{deployment}", api.rollback)
    app.router.add_post("/v10/projects/{project}/promote/{deployment}", api.promote)
    app.router.add_get("/v1/projects/{project}/rolling-release", api.rolling_release)
    app.router.add_get(one + "/rollback/aliases", api.aliases("rollback"))
    for version in ("v1", "v9"):
        path = f"/{version}/projects/{{project}}/promote/aliases"
        app.router.add_get(path, api.aliases("promote"))
    return app


@web.middleware
async def _refusing(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return web.json_response({"error": refused.error}, status=refused.status)
    except web.HTTPException as error:
        body = {"error": {"code": "not_found", "message": "The page could not be found."}}
        return web.json_response(body, status=error.status)


class _Api:
    def __init__(self, world: World) -> None:
        self._world = world

    @web.middleware
    async def authorised(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Whether the token is known, and the team is its own."""
        if request.headers.get("Authorization") != f"Bearer {self._world.vercel.token}":
            raise Refused(403, "forbidden", "Not authorized", invalidToken=True)
        if request.query.get("teamId", TEAM) != TEAM:
            raise Refused(403, "forbidden", "Not authorized")
        return await handler(request)

    async def deployments(self, request: web.Request) -> web.Response:
        query = request.query
        project = self._world.vercel.project(query.get("projectId", ""))
        found = list(reversed(project.deployments))
        if query.get("rollbackCandidate") == "true":
            found = project.candidates()
        if "state" in query:
            found = [one for one in found if one.state in query["state"].split(",")]
        if query.get("target", "production") != "production":
            found = []
        shown = found[: self._limit(request)]
        rows = [views.deployment(one, project) for one in shown]
        more = rows[-1]["created"] if len(found) > len(shown) else None
        pages = {"count": len(rows), "next": more, "prev": None}
        return web.json_response({"deployments": rows, "pagination": pages})

    async def project(self, request: web.Request) -> web.Response:
        asked = request.query.get("rollbackInfo") == "true"
        return web.json_response(views.project(self._named(request), with_rollback=asked))

    async def update(self, request: web.Request) -> web.Response:
        project = self._named(request)
        body = json.loads(await request.text() or "{}")
        wish = body.get("autoAssignCustomDomains")
        if not isinstance(wish, bool):
            text = "Invalid request: `autoAssignCustomDomains` should be boolean."
            raise Refused(400, "bad_request", text)
        project.auto_assign = wish
        return web.json_response(views.project(project, with_rollback=False))

    async def rollback(self, request: web.Request) -> web.Response:
        description = request.query.get("description", "")
        self._named(request).rollback(request.match_info["deployment"], description)
        return web.Response(status=201)

    async def promote(self, request: web.Request) -> web.Response:
        begun = self._named(request).promote(request.match_info["deployment"])
        return web.Response(status=201 if begun else 202)

    async def rolling_release(self, request: web.Request) -> web.Response:
        return web.json_response(views.rolling_release(self._named(request)))

    def aliases(self, kind: Kind) -> Route:
        async def answer(request: web.Request) -> web.Response:
            failed_only = request.query.get("failedOnly") == "true"
            found = views.aliases(self._named(request), kind, failed_only=failed_only)
            return web.json_response(found)

        return answer

    def _named(self, request: web.Request) -> Project:
        return self._world.vercel.project(request.match_info["project"])

    def _limit(self, request: web.Request) -> int:
        limit = request.query.get("limit", "20")
        if not limit.isdecimal() or not 0 < int(limit) <= MOST:
            raise Refused(400, "bad_request", "Invalid request: `limit` should be <= 100.")
        return int(limit)
