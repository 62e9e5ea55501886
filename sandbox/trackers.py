"""Error trackers: a local Sentry and a local Bugsink, which hear of the same errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.clock import Clock, iso
from sandbox.edge import edge
from sandbox.health import shown_version

if TYPE_CHECKING:
    from sandbox.world import World

REQUIRED = "This field is required."


@dataclass(frozen=True)
class Issue:
    """An error that was new in a release."""

    id: int
    title: str
    release: str
    first_seen: datetime


class Tracker:
    """Issues, and the releases that were heard of; `broken` answers have another shape.

    Production tells of the version that runs there, unless it is `silent`; `made` are releases that
    somebody made, by when, and of which no app needs to have told. `told` is what others told of:
    by project, environment and release.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.issues: list[Issue] = []
        self.releases: set[str] = set()
        self.told: set[tuple[int, str, str]] = set()
        self.made: dict[str, dict[str, Any]] = {}
        self.deploys: dict[str, list[dict[str, Any]]] = {}
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


def _told(world: World) -> set[tuple[int, str, str]]:
    """Of which release which project's app told, and from which environment."""
    issues = {one.release for one in world.sentry.issues}
    return {(1, "production", one) for one in _releases(world) | issues} | world.sentry.told


def _deployed(world: World) -> set[tuple[int, str, str]]:
    """Of which release which project has a deploy, and to which environment."""
    deploys = world.sentry.deploys
    return {(1, one["environment"], version) for version in deploys for one in deploys[version]}


def _known(world: World) -> set[str]:
    """The releases that an app told of, or somebody made."""
    return {version for _, _, version in _told(world)} | set(world.sentry.made)


def _is_known(world: World, version: str) -> bool:
    return version in _known(world)


def _listed(world: World, query: Mapping[str, str], version: str) -> bool:
    """Whether Sentry lists it: for an environment what was told of from there or deployed to it."""
    project, environment = query.get("project"), query.get("environment")
    told = any(
        version == one and project in (None, str(number)) and environment in (None, place)
        for number, place, one in _told(world) | _deployed(world)
    )
    is_made = environment is None and version in world.sentry.made
    return query.get("query", "") in version and (told or is_made)


def _release(world: World, version: str) -> dict[str, Any]:
    """A release as Sentry tells it."""
    made = world.sentry.made.get(version, {})
    seen = [iso(one.first_seen) for one in world.sentry.issues if one.release == version]
    seen += [iso(world.clock.now()) for _, _, one in world.sentry.told if one == version]
    numbers = {1} | {number for number, _, one in world.sentry.told if one == version}
    projects = [
        {
            "id": number,
            "slug": "app" if number == 1 else f"app-{number}",
            "name": "app" if number == 1 else f"app-{number}",
            "platform": "python",
            "platforms": ["python"],
            "newGroups": len(seen),
            "hasHealthData": number == 1 and version in _releases(world),
        }
        for number in sorted(numbers)
    ]
    return {
        "version": version,
        "shortVersion": version,
        "ref": made.get("ref"),
        "url": made.get("url"),
        "dateReleased": made.get("dateReleased"),
        "firstEvent": seen[0] if seen else None,
        "lastEvent": seen[-1] if seen else None,
        "newGroups": len(seen),
        "projects": projects,
    }


def _unknown() -> web.Response:
    return web.json_response({"detail": "The requested resource does not exist"}, status=404)


def sentry(world: World) -> web.Application:
    """Sentry's API, to be mounted at /sentry."""

    def is_let_in(request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {world.seed.secrets.sentry_token}"

    async def release(request: web.Request) -> web.Response:
        version = request.match_info["version"]
        if not is_let_in(request):
            return web.json_response({"detail": "Invalid token"}, status=401)
        if not _is_known(world, version):
            return _unknown()
        return web.json_response(_release(world, version))

    async def releases(request: web.Request) -> web.Response:
        if not is_let_in(request):
            return web.json_response({"detail": "Invalid token"}, status=401)
        known = (one for one in sorted(_known(world)) if _listed(world, request.query, one))
        return web.json_response([_release(world, version) for version in known])

    async def make(request: web.Request) -> web.Response:
        if not is_let_in(request):
            return web.json_response({"detail": "Invalid token"}, status=401)
        body = await request.json()
        missing = [name for name in ("version", "projects") if not body.get(name)]
        if missing:
            return web.json_response({name: [REQUIRED] for name in missing}, status=400)
        status = 208 if _is_known(world, body["version"]) else 201
        world.sentry.made.setdefault(body["version"], body)
        return web.json_response(_release(world, body["version"]), status=status)

    async def deploys(request: web.Request) -> web.Response:
        if not is_let_in(request):
            return web.json_response({"detail": "Invalid token"}, status=401)
        version = request.match_info["version"]
        if not _is_known(world, version):
            return _unknown()
        done = world.sentry.deploys.setdefault(version, [])
        if request.method == "GET":
            return web.json_response(done[::-1])
        body = await request.json()
        if not body.get("environment"):
            return web.json_response({"environment": [REQUIRED]}, status=400)
        number = str(sum(map(len, world.sentry.deploys.values())) + 1)
        optional = ("url", "dateStarted", "dateFinished", "name")
        told = {name: body.get(name) for name in optional}
        done.append({"id": number, "environment": body["environment"], **told})
        return web.json_response(done[-1], status=201)

    async def issues(request: web.Request) -> web.Response:
        if not is_let_in(request):
            return web.json_response({"detail": "Invalid token"}, status=401)
        if world.sentry.broken:
            return web.json_response({"data": []})
        query = request.query.get("query", "")
        wanted = query.partition('firstRelease:"')[2].rstrip('"')
        age = query.partition("age:-")[2].removesuffix("h")
        since = world.clock.now() - timedelta(hours=int(age)) if age else None
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
            if (one.first_seen > since if since else one.release == wanted)
        ]
        return web.json_response(rows)

    app = web.Application(middlewares=[edge("sentry", world)])
    place = "/api/0/organizations/{organization}/releases/"
    app.router.add_get(place, releases)
    app.router.add_post(place, make)
    app.router.add_get(f"{place}{{version}}/", release)
    app.router.add_route("GET", f"{place}{{version}}/deploys/", deploys)
    app.router.add_route("POST", f"{place}{{version}}/deploys/", deploys)
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
        rows = [
            {
                "id": _uuid(number),
                "project": 1,
                "version": version,
                "date_released": iso(world.clock.now()),
            }
            for number, version in enumerate(sorted(_releases(world)), 1)
        ]
        return refusal(request) or web.json_response(_page(rows))

    async def issues(request: web.Request) -> web.Response:
        rows: list[dict[str, Any]] = [
            {
                "id": _uuid(one.id),
                "friendly_id": f"APP-{one.id}",
                "project": 1,
                "digest_order": one.id,
                "first_seen": iso(one.first_seen),
                "last_seen": iso(one.first_seen),
                "digested_event_count": 1,
                "stored_event_count": 1,
                "calculated_type": one.title.partition(":")[0],
                "calculated_value": one.title.partition(": ")[2],
                "transaction": "",
                "is_resolved": False,
                "is_resolved_unconditionally": False,
                "is_resolved_by_next_release": False,
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


def _uuid(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012}"


def _page(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"next": None, "previous": None, "results": rows}
