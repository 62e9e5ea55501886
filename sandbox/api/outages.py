"""Control of what tells of outages: monitors, the pager, the status pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.clock import iso
from sandbox.host.containers import Line
from sandbox.kuma.host import STATUSES
from sandbox.pagerduty import views as pagerduty
from sandbox.pagerduty.host import Incident
from sandbox.refusals import Refusal
from sandbox.statuspage import views as statuspage

if TYPE_CHECKING:
    from sandbox.world import World


def routes(world: World) -> list[web.RouteDef]:
    """`POST /monitor {system: "kuma", status, monitor?, msg?, again?}` (`again` tells the newest
    beat once more), `{system: "posthog", error_rate?: percent, views?: a minute, cached?,
    broken?}`, `{system: "sentry", release?, issues?: [title…], broken?, silent?}` (Bugsink hears
    of the same), `{system: "ssh", lines: [text…], container?}` (what it writes into its log now)
    and `GET /monitor`; `GET /annotations` (what went live, as each system was told);
    `GET /pagerduty`, `POST /pagerduty/acknowledge {as, key?}`,
    `POST /pagerduty/resolve {as, key?}`; `GET /statuspage`; `GET /kuma`.
    """
    control = _Control(world)
    return [
        web.post("/monitor", control.set_monitor),
        web.get("/monitor", control.monitors),
        web.get("/annotations", control.annotations),
        web.get("/pagerduty", control.pages),
        web.post("/pagerduty/acknowledge", control.acknowledge),
        web.post("/pagerduty/resolve", control.resolve),
        web.get("/statuspage", control.statuspage),
        web.get("/kuma", control.kuma),
    ]


class _Control:
    def __init__(self, world: World) -> None:
        self._world = world

    async def set_monitor(self, request: web.Request) -> web.Response:
        body = await request.json()
        kuma = self._world.kuma
        if body["system"] == "posthog":
            return self._set_posthog(body)
        if body["system"] in ("sentry", "bugsink"):
            return self._set_tracker(body)
        if body["system"] == "ssh":
            return self._say(body)
        if body["system"] != "kuma":
            raise Refusal("unknown_system", f"There is no monitor {body['system']}.", 400)
        monitor = kuma.named(str(body.get("monitor") or self._world.seed.services[0]))
        if monitor is None:
            raise Refusal("unknown_monitor", f"There is no monitor {body['monitor']}.", 404)
        if body["status"] not in STATUSES:
            words = ", ".join(STATUSES)
            raise Refusal("unknown_status", f"{body['status']} is not one of {words}.", 400)
        kuma.set(monitor, body["status"], str(body.get("msg") or ""))
        if body.get("again"):
            kuma.notify(monitor)
        return web.json_response({"ok": True})

    def _set_posthog(self, body: dict[str, Any]) -> web.Response:
        posthog = self._world.posthog
        rate, views = _figure(body, "error_rate"), _figure(body, "views")
        posthog.set(views, None if rate is None else rate / 100)
        posthog.cached = bool(body.get("cached", posthog.cached))
        posthog.broken = bool(body.get("broken", posthog.broken))
        return web.json_response({"ok": True})

    def _say(self, body: dict[str, Any]) -> web.Response:
        """Lines that a container writes into its log now."""
        container = self._world.host.engine.container(str(body.get("container") or "app"))
        if container is None:
            raise Refusal("unknown_container", "There is no such container.", 404)
        now = self._world.clock.now()
        container.log += [Line.said(str(line), now) for line in body["lines"]]
        return web.json_response({"ok": True})

    def _set_tracker(self, body: dict[str, Any]) -> web.Response:
        tracker = self._world.sentry
        tracker.broken = bool(body.get("broken", tracker.broken))
        tracker.silent = bool(body.get("silent", tracker.silent))
        if body.get("release"):
            tracker.hear(str(body["release"]), [str(title) for title in body.get("issues") or ()])
        return web.json_response({"ok": True})

    async def monitors(self, request: web.Request) -> web.Response:
        rows = [
            {
                "system": "kuma",
                "monitor": one.name,
                "id": one.id,
                "status": STATUSES[one.last.status],
                "since": iso(one.last.at),
            }
            for one in self._world.kuma.shown()
        ]
        return web.json_response({"ok": True, "monitors": rows})

    async def annotations(self, request: web.Request) -> web.Response:
        world = self._world
        told = [
            ("posthog", one["content"], one["date_marker"]) for one in world.posthog.annotations
        ]
        for version, deploys in world.sentry.deploys.items():
            said = f"{version} deployed to"
            told += [("sentry", f"{said} {d['environment']}", d["dateFinished"]) for d in deploys]
        told += [("pagerduty", one["summary"], one["timestamp"]) for one in world.pagerduty.changes]
        rows = [{"system": system, "text": text, "at": at} for system, text, at in told]
        return web.json_response({"ok": True, "annotations": rows})

    async def pages(self, request: web.Request) -> web.Response:
        rows = [
            pagerduty.incident(self._world.base_url, one)
            | {"payload": one.payload, "events": one.events}
            for one in self._world.pagerduty.incidents
        ]
        return web.json_response({"ok": True, "incidents": rows})

    async def acknowledge(self, request: web.Request) -> web.Response:
        body = await request.json()
        self._world.pagerduty.acknowledge(self._page(body), str(body["as"]))
        return web.json_response({"ok": True})

    async def resolve(self, request: web.Request) -> web.Response:
        body = await request.json()
        self._world.pagerduty.resolve(self._page(body), str(body["as"]))
        return web.json_response({"ok": True})

    async def statuspage(self, request: web.Request) -> web.Response:
        page = self._world.statuspage
        parts = [statuspage.component(one) for one in page.components.values()]
        rows = [statuspage.incident(self._world, one) for one in page.incidents]
        told = {"components": parts, "incidents": rows, "mails": page.mails}
        return web.json_response({"ok": True, **told})

    async def kuma(self, request: web.Request) -> web.Response:
        posts = self._world.kuma.posts
        shown = [one.id for one in posts.on_page()]
        rows = [one.public() for one in posts.every]
        every = self._world.kuma.maintenances
        told = {"maintenances": list(every.listed().values()), "under_way": every.on_page()}
        return web.json_response({"ok": True, "posts": rows, "on_page": shown, **told})

    def _page(self, body: dict[str, Any]) -> Incident:
        host = self._world.pagerduty
        key = body.get("key")
        found = [
            one for one in host.incidents if one.status != "resolved" and key in (None, one.key)
        ]
        if not found:
            raise Refusal("no_such_page", "Nobody is paged for that now.", 404)
        return found[-1]


def _figure(body: dict[str, Any], name: str) -> float | None:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | None) or (value or 0) < 0:
        raise Refusal("bad_value", f"{name} is not a number from 0 on.", 400)
    return value
