"""Uptime Kuma's public pages as one sub-application; its dashboard's Socket.IO is in `socket`."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.edge import edge
from sandbox.kuma import socket
from sandbox.kuma.config import CONFIG, SLUG
from sandbox.kuma.host import STATUSES, Monitor

if TYPE_CHECKING:
    from sandbox.world import World

PAGE_KEPT, BEATS_KEPT = timedelta(minutes=5), timedelta(minutes=1)
Json = dict[str, Any]


def routes(world: World) -> web.Application:
    """The server, to be mounted at /kuma."""
    pages = _Pages(world)
    app = web.Application(middlewares=[edge("kuma", world)])
    app.router.add_get("/api/status-page/heartbeat/{slug}", pages.heartbeat)
    app.router.add_get("/api/status-page/{slug}", pages.page)
    app.router.add_get("/api/status-page/{slug}/incident-history", pages.history)
    app.router.add_route("*", "/api/push/{token}", pages.push)
    socket.attach(app, world)
    return app


class _Pages:
    def __init__(self, world: World) -> None:
        self._world = world

    async def page(self, request: web.Request) -> web.Response:
        kuma = self._world.kuma
        if not _is_known(request):
            return _answer({"status": "fail", "msg": "Status Page Not Found"}, 404)
        rows = [
            {"id": one.id, "name": one.name, "sendUrl": 0, "type": one.kind} for one in kuma.shown()
        ]
        fresh = {
            "config": CONFIG,
            "incidents": [one.public() for one in kuma.posts.on_page()],
            "publicGroupList": [{"id": 1, "name": "Services", "weight": 1, "monitorList": rows}],
            "maintenanceList": kuma.maintenances.on_page(),
        }
        return self._kept(request, PAGE_KEPT, fresh)

    async def heartbeat(self, request: web.Request) -> web.Response:
        known = self._world.kuma.shown() if _is_known(request) else []
        now = self._world.clock.now()
        fresh = {
            "heartbeatList": {str(one.id): _beats(one, now) for one in known},
            "uptimeList": {f"{one.id}_24": _uptime(one, now) for one in known},
        }
        return self._kept(request, BEATS_KEPT, fresh)

    async def history(self, request: web.Request) -> web.Response:
        if not _is_known(request):
            return _answer({"status": "fail", "msg": "Status Page Not Found"}, 404)
        found = self._world.kuma.posts.history(request.query.get("cursor"))
        return self._kept(request, PAGE_KEPT, {"ok": True, **found})

    async def push(self, request: web.Request) -> web.Response:
        kuma = self._world.kuma
        if request.match_info["token"] != kuma.push_token:
            return web.json_response(
                {"ok": False, "msg": "Monitor not found or not active."},
                status=404,
                headers={"ETag": _etag("none")},
            )
        up = request.query.get("status", "up") == "up"
        kuma.set(kuma.heartbeat, "up" if up else "down", request.query.get("msg", "OK"))
        return web.json_response({"ok": True})

    def _kept(self, request: web.Request, span: timedelta, fresh: object) -> web.Response:
        """The answer that was kept for this very URL, if it still is."""
        cache, now = self._world.kuma.cache, self._world.clock.now()
        until, status, body = cache.get(request.path_qs, (now, 200, fresh))
        if until <= now:
            until, status, body = now + span, 200, fresh
        cache[request.path_qs] = (until, status, body)
        return _answer(body, status)


def _is_known(request: web.Request) -> bool:
    return request.match_info["slug"].lower() == SLUG


def _beats(monitor: Monitor, now: datetime) -> list[Json]:
    """What the public sees: no messages."""
    return [
        {
            "status": one.status,
            "time": f"{one.at:%Y-%m-%d %H:%M:%S}.{one.at.microsecond // 1000:03d}",
            "msg": "",
            "ping": 42 if one.status == STATUSES.index("up") else None,
        }
        for one in monitor.beats(now)
    ]


def _uptime(monitor: Monitor, now: datetime) -> float:
    beats = monitor.beats(now)
    return sum(one.status == STATUSES.index("up") for one in beats) / len(beats)


def _answer(body: object, status: int = 200) -> web.Response:
    text = json.dumps(body)
    headers = {"Cache-Control": "no-cache", "ETag": _etag(text)}
    return web.json_response(text=text, status=status, headers=headers)


def _etag(text: str) -> str:
    return f'W/"{len(text):x}-{hashlib.sha1(text.encode()).hexdigest()[:27]}"'
