"""The monitors of the local world, and the ways in which it is made well or ill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.adapters import bugsink, posthog, sentry
from bot.adapters.health import HealthProbe
from bot.adapters.http_check import HttpCheck
from bot.adapters.uptime_kuma import monitor as kuma
from bot.ports import Monitor
from sandbox.health import Answer
from sandbox.world import World

HASTE = 1.0  # second, where nothing answers
MINUTES = timedelta(minutes=5)
VERSION = "v1.2.1"
DOWN, UP, MAINTENANCE = 0, 1, 3
Prepare = Callable[[World], None]


def of_posthog(world: World, key: str | None = None) -> Monitor:
    url, key = f"{world.base_url}/posthog", key or world.seed.secrets.posthog_key
    return posthog.connect(
        url, key, 1, environment="production", least=50, span=MINUTES, timeout=HASTE
    )


def of_sentry(world: World, token: str | None = None) -> Monitor:
    url, token = f"{world.base_url}/sentry", token or world.seed.secrets.sentry_token
    return sentry.connect(
        url, token, "acme", 1, environment="production", fails_from=3, timeout=HASTE
    )


def of_sentry_anywhere(world: World) -> Monitor:
    url, token = f"{world.base_url}/sentry", world.seed.secrets.sentry_token
    return sentry.connect(url, token, "acme", 1, environment=None, fails_from=3, timeout=HASTE)


def of_bugsink(world: World, token: str | None = None) -> Monitor:
    url, token = f"{world.base_url}/bugsink", token or world.seed.secrets.bugsink_token
    return bugsink.connect(url, token, 1, fails_from=3, timeout=HASTE)


def of_kuma(world: World) -> Monitor:
    return kuma.connect(f"{world.base_url}/kuma", "default-page", "app", HASTE)


class LoneCheck(HttpCheck):
    """One with a probe of its own; the bot's share one."""

    def __init__(self, probe: HealthProbe, name: str, url: str, **wanted: Any) -> None:
        super().__init__(probe, name, url, **wanted)
        self.probe = probe

    async def close(self) -> None:
        await self.probe.close()


def of_page(world: World) -> Monitor:
    return LoneCheck(
        HealthProbe(allow=["127.0.0.1"], timeout=HASTE),
        "api",
        f"{world.base_url}/health/production",
        json_path="status",
        equals="ok",
        within=timedelta(milliseconds=500),
    )


def nothing(world: World) -> None:
    """All is well."""


def heard(*titles: str) -> Prepare:
    return lambda world: world.sentry.hear(VERSION, list(titles))


def heard_long_ago(world: World) -> None:
    """Everything that is known is from an hour before."""
    world.sentry.hear(VERSION, ["KeyError: x"])
    hour = timedelta(hours=1)
    world.sentry.issues = [
        replace(one, first_seen=one.first_seen - hour) for one in world.sentry.issues
    ]


def only_made(world: World) -> None:
    """Somebody made the release, and nothing was heard of the app."""
    world.sentry.made[VERSION] = {"version": VERSION, "projects": ["app"]}


def told_by(project: int, environment: str) -> Prepare:
    """An app of that project tells of the version from there, by an error; ours says nothing."""
    return all_of(only_made, lambda world: world.sentry.told.add((project, environment, VERSION)))


def deployed(world: World) -> None:
    """Somebody told Sentry of the deploy to production, as the bot does itself."""
    only_made(world)
    world.sentry.deploys[VERSION] = [{"environment": "production"}]


def errors(rate: float, views: float = 100) -> Prepare:
    """What PostHog has counted in the last ten minutes."""

    def set_it(world: World) -> None:
        since = world.clock.now() - timedelta(minutes=10)
        world.posthog.set(views, rate, since=since)

    return set_it


def set_up(name: str, **changes: object) -> Prepare:
    def change(world: World) -> None:
        for field, value in changes.items():
            setattr(getattr(world, name), field, value)

    return change


def health(status: str) -> Prepare:
    return lambda world: world.health.set("production", "app", Answer(status))  # type: ignore[arg-type]


def cached(age: int) -> Prepare:
    return lambda world: world.health.set("production", "app", Answer(age=age))


def beat(status: str) -> Prepare:
    return lambda world: world.kuma.set(world.kuma.monitors[0], status)


def fault(system: str, kind: str) -> Prepare:
    def add(world: World) -> None:
        world.faults.add(system=system, kind=kind, count=9)

    return add


def all_of(*steps: Prepare) -> Prepare:
    def do(world: World) -> None:
        for step in steps:
            step(world)

    return do
