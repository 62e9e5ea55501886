"""The doctor looks at monitors and targets; what cannot be read says what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot import config
from bot.adapters import digitalocean, pagerduty, posthog, sentry
from bot.adapters.uptime_kuma import monitor as kuma
from bot.doctor import outside_doctor
from bot.ports.annotations import Annotator
from sandbox import app
from sandbox.seeds import Seed
from sandbox.world import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World(Seed.named("default"))
    runner = await app.start(made)
    yield made
    await runner.cleanup()


async def look(world: World, key: str) -> dict[str, tuple[bool | None, str, str]]:
    place = ("app", "production")
    monitors = (
        posthog.connect(
            f"{world.base_url}/posthog",
            key,
            1,
            environment=None,
            least=50,
            span=timedelta(minutes=1),
        ),
        kuma.connect(f"{world.base_url}/kuma", "default-page", "app"),
    )
    try:
        found = await outside_doctor.look({place: monitors}, {}, world.clock.now())
    finally:
        for one in monitors:
            await one.close()
    return {one.subject: (one.ok, one.text, one.action) for one in found}


async def test_what_can_be_read_is_shown(world: World) -> None:
    found = await look(world, world.seed.secrets.posthog_key)
    assert found == {
        "app production error rate": (True, "0.4 % (no baseline)", ""),
        "app production uptime kuma": (True, "up", ""),
        "charts": (True, "can be drawn", ""),
    }


async def test_what_cannot_says_what_to_do(world: World) -> None:
    world.kuma.set(world.kuma.monitors[0], "down")
    found = await look(world, "phx_wrong")
    ok, text, _ = found["app production error rate"]
    assert ok is not True
    assert "401" in text
    assert found["app production uptime kuma"] == (False, "down", outside_doctor.MONITOR)
    world.faults.add(system="kuma", kind="reset_before", count=9)
    found = await look(world, "phx_wrong")
    assert found["app production uptime kuma"][0] is None


async def test_who_is_told_of_what_goes_live_is_looked_at_without_telling_them(
    world: World,
) -> None:
    base, secrets = world.base_url, world.seed.secrets
    made: dict[str, Annotator] = {
        "PostHog": posthog.annotator(f"{base}/posthog", secrets.posthog_key, 1),
        "Sentry": sentry.annotator(f"{base}/sentry", "wrong", "acme", ("app",), environment=None),
        "PagerDuty": pagerduty.annotator(f"{base}/pagerduty", "short"),
    }
    found = await outside_doctor.annotations({("app", "production"): made})
    for one in made.values():
        await one.close()
    told = {one.subject: (one.ok, one.text, one.action) for one in found}
    assert told["app production annotations at PostHog"] == (
        True,
        "its annotations can be read",
        "",
    )
    ok, text, action = told["app production annotations at Sentry"]
    assert (ok, action) == (False, outside_doctor.ANNOTATIONS) and "401 Invalid token" in text
    ok, text, _ = told["app production annotations at PagerDuty"]
    assert (ok, text) == (False, "its routing key is not 32 letters and digits")
    assert (world.posthog.annotations, world.sentry.made) == ([], {})


async def backups(world: World) -> tuple[bool | None, str, str]:
    """What is said of the backups of app."""
    loaded = config.parse(world.seed.gonogo_yaml(world.base_url))
    api = digitalocean.connect(
        f"{world.base_url}/digitalocean", world.seed.secrets.digitalocean_token
    )
    now = world.clock.now()
    source = digitalocean.DigitalOceanBackups(api)
    try:
        [found] = await outside_doctor.backups(loaded, source, now)
    finally:
        await api.close()
    assert found.subject == "backups of app"
    return found.ok, found.text, found.action


async def test_the_newest_backup_is_shown_and_an_old_one_is_a_problem(world: World) -> None:
    there = world.digitalocean.database("app").backups
    ok, text, action = await backups(world)
    assert (ok, action) == (True, "")
    assert text.startswith(f"the newest is of {there[0]:%Y-%m-%dT%H:%M:%SZ}, ")
    del there[:2]
    ok, text, action = await backups(world)
    assert ok is False
    assert text.startswith(f"the newest is of {there[0]:%Y-%m-%dT%H:%M:%SZ}, 2 d ")
    assert action == "see why there is no newer one, or correct backups.within"
    there.clear()
    assert await backups(world) == (False, "there is none", "have one made")


async def test_a_database_that_is_not_there_says_what_to_do(world: World) -> None:
    world.digitalocean.databases.clear()
    ok, _, action = await backups(world)
    assert (ok, action) == (False, outside_doctor.BACKUPS)
