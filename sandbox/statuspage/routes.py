"""Statuspage's REST API as one sub-application, as far as the bot needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.edge import edge
from sandbox.statuspage import views
from sandbox.statuspage.host import PAGE, Incident, Invalid

if TYPE_CHECKING:
    from sandbox.world import World

MOST = 100


def routes(world: World) -> web.Application:
    """The API, to be mounted at /statuspage."""
    api = _Api(world)
    app = web.Application(middlewares=[edge("statuspage", world), api.refusing])
    page = "/v1/pages/{page}"
    app.router.add_get(f"{page}/components", api.components)
    app.router.add_get(f"{page}/incidents", api.incidents)
    app.router.add_post(f"{page}/incidents", api.create)
    app.router.add_get(f"{page}/incidents/unresolved", api.unresolved)
    app.router.add_get(f"{page}/incidents/{{incident}}", api.incident)
    app.router.add_patch(f"{page}/incidents/{{incident}}", api.update)
    app.router.add_put(f"{page}/incidents/{{incident}}", api.update)
    return app


class _Api:
    def __init__(self, world: World) -> None:
        self._world = world

    @web.middleware
    async def refusing(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"OAuth {self._world.statuspage.key}":
            return web.json_response({"error": "Could not authenticate"}, status=401)
        if request.match_info.get("page", PAGE) != PAGE:
            return web.json_response({"error": "Page not found"}, status=404)
        try:
            return await handler(request)
        except Invalid as invalid:
            return web.json_response({"error": invalid.errors}, status=422)
        except web.HTTPNotFound:
            return web.json_response({"error": "not found"}, status=404)

    async def components(self, request: web.Request) -> web.Response:
        limit, page = (int(request.query.get(name, other)) for name, other in _PARTS)
        rows = [views.component(one) for one in self._world.statuspage.components.values()]
        return web.json_response(rows[limit * (page - 1) : limit * page])

    async def incidents(self, request: web.Request) -> web.Response:
        limit, page = (int(request.query.get(name, other)) for name, other in _PAGE)
        limit = min(limit, MOST)
        newest = self._world.statuspage.incidents[::-1]
        return self._list(newest[limit * (page - 1) : limit * page])

    async def unresolved(self, request: web.Request) -> web.Response:
        newest = self._world.statuspage.incidents[::-1]
        return self._list([one for one in newest if one.status not in ("resolved", "completed")])

    async def incident(self, request: web.Request) -> web.Response:
        return web.json_response(views.incident(self._world, self._named(request)))

    async def create(self, request: web.Request) -> web.Response:
        made = self._world.statuspage.create(await _told(request))
        return web.json_response(views.incident(self._world, made), status=201)

    async def update(self, request: web.Request) -> web.Response:
        found = self._named(request)
        self._world.statuspage.update(found, await _told(request))
        return web.json_response(views.incident(self._world, found))

    def _named(self, request: web.Request) -> Incident:
        found = self._world.statuspage.find(request.match_info["incident"])
        if found is None:
            raise web.HTTPNotFound
        return found

    def _list(self, found: list[Incident]) -> web.Response:
        return web.json_response([views.incident(self._world, one) for one in found])


_PAGE = (("limit", "100"), ("page", "1"))
_PARTS = (("per_page", "100"), ("page", "1"))


async def _told(request: web.Request) -> dict[str, Any]:
    body = await request.json()
    told = body.get("incident") if isinstance(body, dict) else None
    if not isinstance(told, dict):
        raise Invalid(["incident is missing"])
    return told
