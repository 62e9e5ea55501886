"""Socket: Uptime Kuma's Socket.IO interface, which its dashboard uses after a login."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import socketio
from aiohttp import web

from sandbox.faults import EDGE_KINDS, Fault
from sandbox.kuma.config import CONFIG, SLUG
from sandbox.kuma.posts import Refused

if TYPE_CHECKING:
    from sandbox.world import World

Json = dict[str, Any]
INFO = {"primaryBaseURL": None, "serverTimezone": "UTC", "serverTimezoneOffset": "+00:00"}
SETS_UP_IN = 0.02  # seconds of real time during which nothing that is said is heard
METHOD = "EMIT"


def attach(app: web.Application, world: World) -> None:
    """Add the interface to the sub-application."""
    server = socketio.AsyncServer(async_mode="aiohttp", monitor_clients=False)
    dashboard = _Dashboard(server, world)
    server.on("connect", dashboard.connect)
    server.on("disconnect", dashboard.disconnect)
    server.on("*", dashboard.hear)
    server.attach(app)


class _Dashboard:
    """Who is connected, who listens already, who is logged in. Each event is journaled as a request
    of the method EMIT, and meets the faults of such.
    """

    def __init__(self, server: socketio.AsyncServer, world: World) -> None:
        self._server = server
        self._world = world
        self._listens: set[str] = set()
        self._logged_in: set[str] = set()
        self._tokens: set[str] = set()
        self._events: dict[str, Callable[..., Json]] = {
            "getStatusPage": self._page,
            "postIncident": self._post,
            "editIncident": self._edit,
            "resolveIncident": self._resolve,
            "unpinIncident": self._unpin,
            "deleteIncident": self._delete,
            "getIncidentHistory": self._history,
            "addMaintenance": self._maintain,
            "editMaintenance": self._edit_maintenance,
            "addMaintenanceStatusPage": self._put_on,
            "pauseMaintenance": self._pause,
        }

    async def connect(self, sid: str, environ: Json, auth: object = None) -> None:
        self._server.start_background_task(self._begin, sid)

    async def disconnect(self, sid: str, reason: object = None) -> None:
        self._listens.discard(sid)
        self._logged_in.discard(sid)

    async def hear(self, event: str, sid: str, *words: Any) -> object:
        """An event, and its answer; what comes too early is lost without one."""
        if sid not in self._listens:
            return self._server.not_handled
        entry = self._world.journal.record(
            system="kuma",
            direction="from_bot",
            method=METHOD,
            path=event,
            body=_without_secrets(event, words),
        )
        fault = self._world.faults.take("kuma", METHOD, event, kinds=EDGE_KINDS)
        hold = self._world.hold if self._world.hold and self._world.hold.takes(entry) else None
        if hold and not hold.after:
            await hold.stop(entry)
            return await self._cut(sid)
        answer = await self._faulty(sid, event, words, fault)
        if hold:
            await hold.stop(entry)
            return await self._cut(sid)
        if answer is not self._server.not_handled:
            entry.status = 200 if isinstance(answer, dict) and answer.get("ok") else 400
        return answer

    async def _begin(self, sid: str) -> None:
        await self._server.emit("info", INFO, to=sid)
        await asyncio.sleep(SETS_UP_IN)
        self._listens.add(sid)
        await self._server.emit("loginRequired", to=sid)

    async def _faulty(
        self, sid: str, event: str, words: tuple[Any, ...], fault: Fault | None
    ) -> object:
        kind = fault.kind if fault else ""
        if kind == "timeout":
            return self._server.not_handled
        if kind == "reset_before":
            return await self._cut(sid)
        if kind == "status":
            return {"ok": False, "msg": "SQLITE_BUSY: database is locked"}
        if kind == "rate_limit":
            return {"ok": False, "msg": "Too frequently, try again later."}
        if fault and kind == "slow":
            await asyncio.sleep(float(fault.arg or 5))
        answer = self._answer(sid, event, words)
        if event == "getMaintenanceList" and sid in self._logged_in:
            await self._server.emit(
                "maintenanceList", self._world.kuma.maintenances.listed(), to=sid
            )
            answer = {"ok": True}
        if kind == "bad_json":
            return "nonsense"
        if kind in ("reset_after_apply", "status_after_apply"):
            return await self._cut(sid)
        return answer

    def _answer(self, sid: str, event: str, words: tuple[Any, ...]) -> object:
        if event == "login":
            return self._login(sid, words[0] if words else {})
        if event == "loginByToken":
            return self._login_again(sid, words[0] if words else "")
        known = self._events.get(event)
        if known is None:
            return self._server.not_handled  # as of a server that is too old for it
        if sid not in self._logged_in and event != "getIncidentHistory":
            return {"ok": False, "msg": "You are not logged in."}
        try:
            return known(*words)
        except Refused as refused:
            return refused.answer

    def _login(self, sid: str, told: Json) -> Json:
        kuma = self._world.kuma
        if not kuma.allows_login():
            return {"ok": False, "msg": "Too frequently, try again later."}
        if (told.get("username"), told.get("password")) != (kuma.username, kuma.password):
            return {"ok": False, "msg": "authIncorrectCreds", "msgi18n": True}
        if kuma.second_factor:
            return {"tokenRequired": True}
        self._logged_in.add(sid)
        token = secrets.token_urlsafe(24)
        self._tokens.add(token)
        return {"ok": True, "token": token}

    def _login_again(self, sid: str, token: str) -> Json:
        if token not in self._tokens:
            return {"ok": False, "msg": "authInvalidToken", "msgi18n": True}
        self._logged_in.add(sid)
        return {"ok": True}

    def _page(self, slug: str) -> Json:
        _known(slug, "No slug?")
        return {"ok": True, "config": {"id": 1, **CONFIG, "domainNameList": []}}

    def _post(self, slug: str, told: Json) -> Json:
        _known(slug, "slug is not found")
        made = self._world.kuma.posts.post(told)
        self._changed()
        return {"ok": True, "incident": made.public(stored=False)}

    def _edit(self, slug: str, id: object, told: Json) -> Json:
        _known(slug, "slug is not found", key=True)
        found = self._world.kuma.posts.edit(id, told)
        self._changed()
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "incident": found.public()}

    def _resolve(self, slug: str, id: object) -> Json:
        _known(slug, "slug is not found", key=True)
        found = self._world.kuma.posts.resolve(id)
        self._changed()
        return {"ok": True, "msg": "Resolved", "msgi18n": True, "incident": found.public()}

    def _unpin(self, slug: str) -> Json:
        self._world.kuma.posts.unpin()
        self._changed()
        return {"ok": True}

    def _delete(self, slug: str, id: object) -> Json:
        _known(slug, "slug is not found", key=True)
        self._world.kuma.posts.delete(id)
        self._changed()
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    def _history(self, slug: str, cursor: str | None = None) -> Json:
        _known(slug, "slug is not found")
        return {"ok": True, **self._world.kuma.posts.history(cursor)}

    def _maintain(self, told: Json) -> Json:
        made = self._world.kuma.maintenances.add(told)
        self._changed()
        return {"ok": True, "msg": "successAdded", "msgi18n": True, "maintenanceID": made}

    def _edit_maintenance(self, told: Json) -> Json:
        edited = self._world.kuma.maintenances.edit(told)
        self._changed()
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "maintenanceID": edited}

    def _put_on(self, id: object, pages: list[Json]) -> Json:
        self._world.kuma.maintenances.put_on(id, pages)
        self._forget()
        return {"ok": True, "msg": "successAdded", "msgi18n": True}

    def _pause(self, id: object) -> Json:
        self._world.kuma.maintenances.pause(id)
        self._forget()
        return {"ok": True, "msg": "successPaused", "msgi18n": True}

    def _forget(self) -> None:
        """What was kept of the page, which its posts do not bring about."""
        self._world.kuma.cache.clear()
        self._changed()

    def _changed(self) -> None:
        self._world.events.publish("kuma")

    async def _cut(self, sid: str) -> object:
        await self._server.disconnect(sid)
        return self._server.not_handled


def _known(slug: object, msg: str, *, key: bool = False) -> None:
    if str(slug).lower() != SLUG:
        raise Refused(msg, key=key)


def _without_secrets(event: str, words: tuple[Any, ...]) -> object:
    return [] if event in ("login", "loginByToken") else list(words)
