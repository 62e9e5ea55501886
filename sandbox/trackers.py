"""Error trackers: a local Sentry and a local Bugsink, which hear of the same errors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.clock import Clock, iso
from sandbox.edge import edge
from sandbox.health import shown_version

if TYPE_CHECKING:
    from sandbox.world import World


@dataclass(frozen=True)
class Issue:
    """An error that was new in a release."""

    id: int
    title: str
    release: str
    first_seen: datetime


class Tracker:
    """Issues, and the releases that were heard of; `broken` answers have another shape.

    Production tells of the version that runs there, unless it is `silent`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.issues: list[Issue] = []
        self.releases: set[str] = set()
        self.broken = False
        self.silent = False

    def hear(self, release: str, titles: list[str]) -> None:
        """The app tells of itself, and of what went wrong in it."""
        self.releases.add(release)
        for title in titles:
            number = len(self.issues) + 1
            self.issues.append(Issue(number, title, release, self._clock.now()))


def _releases(world: World) -> set[str]:
    """Every release that somebody told of."""
    if not world.sentry.silent:
        for service in world.seed.services:
            if version := shown_version(world, "production", service):
                world.sentry.releases.add(version)
    return world.sentry.releases


def sentry(world: World) -> web.Application:
    """Sentry's API, to be mounted at /sentry."""

    def is_let_in(request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {world.seed.secrets.sentry_token}"

    async def release(request: web.Request) -> web.Response:
        version = request.match_info["version"]
        if not is_let_in(request):
            return web.json_response({"detail": "Invalid token"}, status=401)
        if version not in _releases(world):
            return web.json_response(
                {"detail": "The requested resource does not exist"}, status=404
            )
        return web.json_response({"version": version, "shortVersion": version, "ref": None})

    async def issues(request: web.Request) -> web.Response:
        if not is_let_in(request):
            return web.json_response({"detail": "Invalid token"}, status=401)
        if world.sentry.broken:
            return web.json_response({"data": []})
        wanted = request.query.get("query", "").partition('firstRelease:"')[2].rstrip('"')
        rows = [
            {
                "id": str(one.id),
                "title": one.title,
                "level": "error",
                "status": "unresolved",
                "count": "1",
                "firstSeen": iso(one.first_seen),
                "permalink": f"{world.base_url}/sentry/issues/{one.id}/",
            }
            for one in world.sentry.issues
            if one.release == wanted
        ]
        return web.json_response(rows)

    app = web.Application(middlewares=[edge("sentry", world)])
    app.router.add_get("/api/0/organizations/{organization}/releases/{version}/", release)
    app.router.add_get("/api/0/organizations/{organization}/issues/", issues)
    return app


def bugsink(world: World) -> web.Application:
    """Bugsink's API, to be mounted at /bugsink."""

    def refusal(request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization") != f"Bearer {world.seed.secrets.bugsink_token}":
            return web.json_response({"detail": "Invalid Bearer token."}, status=401)
        if "project" not in request.query:
            return web.json_response({"project": ["This field is required."]}, status=400)
        return None

    async def releases(request: web.Request) -> web.Response:
        rows = [{"version": one} for one in sorted(_releases(world))]
        return refusal(request) or web.json_response(_page(rows))

    async def issues(request: web.Request) -> web.Response:
        rows: list[dict[str, Any]] = [
            {
                "id": f"00000000-0000-0000-0000-{one.id:012}",
                "project": 1,
                "first_seen": iso(one.first_seen),
                "last_seen": iso(one.first_seen),
                "digested_event_count": 1,
                "stored_event_count": 1,
                "calculated_type": one.title.partition(":")[0],
                "calculated_value": one.title.partition(": ")[2],
                "transaction": "",
                "is_resolved": False,
                "is_muted": False,
            }
            for one in reversed(world.sentry.issues)
        ]
        if world.sentry.broken:
            rows = [{"id": "x"}]
        return refusal(request) or web.json_response(_page(rows))

    app = web.Application(middlewares=[edge("bugsink", world)])
    app.router.add_get("/api/canonical/0/releases/", releases)
    app.router.add_get("/api/canonical/0/issues/", issues)
    return app


def _page(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"next": None, "previous": None, "results": rows}
