"""The doctor looks at monitors and targets; what cannot be read says what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot import outside_doctor
from bot.adapters import posthog
from bot.adapters.uptime_kuma import monitor as kuma
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
