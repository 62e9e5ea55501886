"""PagerDuty's two APIs as one sub-application, as far as the bot needs them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.edge import edge
from sandbox.pagerduty import views
from sandbox.pagerduty.host import POLICY, mistakes

if TYPE_CHECKING:
    from sandbox.world import World

LONGEST_EVENT = 512 * 1024  # bytes
MOST = 100


def routes(world: World) -> web.Application:
    """The APIs, to be mounted at /pagerduty."""
    api = _Api(world)
    app = web.Application(middlewares=[edge("pagerduty", world)], client_max_size=LONGEST_EVENT * 2)
    app.router.add_post("/v2/enqueue", api.enqueue)
    app.router.add_post("/v2/change/enqueue", api.change)
    app.router.add_get("/oncalls", api.on_calls)
    app.router.add_get("/incidents", api.incidents)
    app.router.add_get("/incidents/{incident}", api.incident)
    return app


class _Api:
    def __init__(self, world: World) -> None:
        self._world = world

    async def enqueue(self, request: web.Request) -> web.Response:
        text = await request.read()
        if len(text) > LONGEST_EVENT:
            return _invalid(["Event exceeds the size limit of 512 KB"], 413)
        try:
            event = json.loads(text)
        except ValueError:
            return _invalid(["JSON parse error"])
        host = self._world.pagerduty
        if wrong := mistakes(event):
            return _invalid(wrong)
        if event["routing_key"] != host.routing_key:
            return _invalid(["'routing_key' is invalid"])
        told = {"status": "success", "message": "Event processed", "dedup_key": host.take(event)}
        return web.json_response(told, status=202)

    async def change(self, request: web.Request) -> web.Response:
        event = await request.json()
        summary = (event.get("payload") or {}).get("summary")
        if event.get("routing_key") != self._world.pagerduty.routing_key or not summary:
            return _invalid(["'routing_key' or 'payload.summary' is missing or invalid"])
        self._world.pagerduty.changes.append(event["payload"])
        told = {"status": "success", "message": "Change event processed"}
        return web.json_response(told, status=202)

    async def incidents(self, request: web.Request) -> web.Response:
        if no := self._unauthorised(request):
            return no
        query = request.query
        found = [*self._world.pagerduty.incidents]
        if key := query.get("incident_key"):
            found = [one for one in found if one.key == key]
        if statuses := query.getall("statuses[]", []):
            found = [one for one in found if one.status in statuses]
        if query.get("sort_by") == "created_at:desc":
            found.reverse()
        limit, offset = (_number(query.get(name), other) for name, other in _PAGE)
        if limit is None or offset is None or not 0 < limit <= MOST:
            return web.json_response(views.error(2001, "Invalid Input Provided"), status=400)
        rows = [views.incident(self._world.base_url, one) for one in found[offset : offset + limit]]
        more = offset + limit < len(found)
        page = {"limit": limit, "offset": offset, "total": None, "more": more}
        return web.json_response({"incidents": rows, **page})

    async def on_calls(self, request: web.Request) -> web.Response:
        if no := self._unauthorised(request):
            return no
        query = request.query
        limit, offset = (_number(query.get(name), other) for name, other in _PAGE)
        if limit is None or offset is None or not 0 < limit <= MOST:
            return web.json_response(views.error(2001, "Invalid Input Provided"), status=400)
        policies = query.getall("escalation_policy_ids[]", [POLICY])
        people = self._world.pagerduty.on_call if POLICY in policies else []
        rows = [views.on_call(self._world.base_url, *one) for one in people]
        more = offset + limit < len(rows)
        page = {"limit": limit, "offset": offset, "total": None, "more": more}
        return web.json_response({"oncalls": rows[offset : offset + limit], **page})

    async def incident(self, request: web.Request) -> web.Response:
        if no := self._unauthorised(request):
            return no
        for one in self._world.pagerduty.incidents:
            if one.id == request.match_info["incident"]:
                return web.json_response({"incident": views.incident(self._world.base_url, one)})
        return web.json_response(views.error(2100, "Not Found"), status=404)

    def _unauthorised(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization") == f"Token token={self._world.pagerduty.token}":
            return None
        return web.json_response(views.error(2006, "Unauthorized"), status=401)


_PAGE = (("limit", 25), ("offset", 0))


def _number(text: str | None, otherwise: int) -> int | None:
    if text is None:
        return otherwise
    return int(text) if text.isdecimal() else None


def _invalid(errors: list[str], status: int = 400) -> web.Response:
    told: dict[str, Any] = {
        "status": "invalid event",
        "message": "Event object is invalid",
        "errors": errors,
    }
    return web.json_response(told, status=status)
