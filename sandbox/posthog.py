"""A local PostHog: page views and exceptions as somebody set them, counted as the query asks, and
annotations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.clock import Clock, iso
from sandbox.edge import edge

if TYPE_CHECKING:
    from sandbox.world import World

SPAN = re.compile(r"timestamp (>=|<) toDateTime\('([0-9: -]{19})', 'UTC'\)")
COUNTS = re.compile(
    r"select countIf\(event = '\$exception'\) as \w+, countIf\(event = '\$pageview'\)"
)

ANNOTATION = {"content": None, "date_marker": None, "creation_type": "USR", "scope": "project"}
SCOPES = ("dashboard_item", "dashboard", "project", "organization")
TYPES = (None, "USR", "GIT")


@dataclass(frozen=True)
class Traffic:
    """From then on: page views a minute, and the share of them with an exception."""

    since: datetime
    views: float
    rate: float


class PostHog:
    """One project; `cached` answers come from before, `broken` ones have another shape."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._traffic = [Traffic(clock.now() - timedelta(days=1), 1000, 0.004)]
        self.annotations: list[dict[str, Any]] = []
        self.cached = False
        self.broken = False

    def set(
        self, views: float | None, rate: float | None, *, since: datetime | None = None
    ) -> None:
        """What happens from now on, or has happened since then."""
        last = self._traffic[-1]
        self._traffic.append(
            Traffic(
                since or self._clock.now(),
                last.views if views is None else views,
                last.rate if rate is None else rate,
            )
        )

    def annotate(self, told: dict[str, Any]) -> dict[str, Any]:
        """An annotation as PostHog keeps and tells it."""
        number, now = len(self.annotations) + 1, iso(self._clock.now())
        made = {"id": number, "created_at": now, "updated_at": now, "deleted": False} | {
            name: told.get(name, otherwise) for name, otherwise in ANNOTATION.items()
        }
        self.annotations.append(made)
        return made

    def count(self, start: datetime, end: datetime) -> list[int]:
        """[exceptions, page views] of a span, as far as it has passed."""
        end = min(end, self._clock.now())
        bad = every = 0.0
        ends = [one.since for one in self._traffic[1:]] + [end]
        for one, until in zip(self._traffic, ends, strict=True):
            minutes = (min(until, end) - max(one.since, start)) / timedelta(minutes=1)
            every += max(0.0, minutes) * one.views
            bad += max(0.0, minutes) * one.views * one.rate
        return [round(bad), round(every)]


def routes(world: World) -> web.Application:
    """The private API, to be mounted at /posthog."""

    def refusal(request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization") == f"Bearer {world.seed.secrets.posthog_key}":
            return None
        return web.json_response(_error("authentication_failed", "Invalid API key."), status=401)

    async def annotations(request: web.Request) -> web.Response:
        if no := refusal(request):
            return no
        newest = sorted(world.posthog.annotations, key=lambda a: str(a["date_marker"]))[::-1]
        rows = newest[: int(request.query.get("limit", 100))]
        page = {"count": len(newest), "next": None, "previous": None, "results": rows}
        return web.json_response(page)

    async def annotate(request: web.Request) -> web.Response:
        if no := refusal(request):
            return no
        body = await request.json()
        if body.get("scope", "project") not in SCOPES or body.get("creation_type") not in TYPES:
            return web.json_response(_error("invalid_choice", "Not a valid choice."), status=400)
        return web.json_response(world.posthog.annotate(body), status=201)

    async def query(request: web.Request) -> web.Response:
        if no := refusal(request):
            return no
        body = await request.json()
        text = str(body.get("query", {}).get("query"))
        span = {sign: _time(at) for sign, at in SPAN.findall(text)}
        if not COUNTS.match(text) or span.keys() != {">=", "<"}:
            return web.json_response(_error("validation_error", "Unable to parse."), status=400)
        counted: Any = world.posthog.count(span[">="], span["<"])
        if world.posthog.broken:
            counted = ["many", None]
        return web.json_response(
            {
                "results": [counted],
                "columns": ["bad", "every"],
                "is_cached": world.posthog.cached or body.get("refresh") != "force_blocking",
                "hogql": text,
            }
        )

    app = web.Application(middlewares=[edge("posthog", world)])
    app.router.add_post("/api/projects/{project}/query/", query)
    app.router.add_get("/api/projects/{project}/annotations/", annotations)
    app.router.add_post("/api/projects/{project}/annotations/", annotate)
    return app


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def _error(code: str, detail: str) -> dict[str, str]:
    return {"type": code, "code": code, "detail": detail}
