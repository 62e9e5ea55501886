"""A clock that is set back: what waited for a time that is far away again does not wait for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.deployments.states import State
from bot.services.tick import Tick
from tests.services.team import Team

HOUR = 3600.0


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    made = Team.of(migrated, on_dispatch)
    yield made
    await made.close()


@pytest.fixture
async def tick(team: Team) -> Tick:
    """The card of a deployment says that it runs; its run has failed since."""
    tick = Tick(team.desk)
    await tick.settle()
    assert await team.asks("ana", "v1.1.0") is None
    await tick.settle()
    assert await team.approves("bo", 1) is None
    await tick.settle()
    team.clock.forward(5)
    await tick.settle()
    assert card(team).endswith("Running")
    team.hub.drives("failure")
    return tick


async def test_the_card_comes_to_its_end(team: Team, tick: Tick) -> None:
    team.clock.forward(-HOUR)
    await tick.settle()
    assert (await team.newest()).state is State.FAILED
    assert card(team).startswith("app v1.1.0 → production: Failed")


async def test_what_failed_is_tried_again(team: Team, tick: Tick) -> None:
    team.clock.forward(10)
    team.room.silent = True
    await tick.settle()
    assert (await team.newest()).state is State.FAILED
    assert card(team).endswith("Running")

    team.clock.forward(-HOUR)
    team.room.silent = False
    await tick.settle()
    assert card(team).startswith("app v1.1.0 → production: Failed")


async def test_a_run_that_does_not_stop_is_forced_five_minutes_later(team: Team) -> None:
    tick = Tick(team.desk)
    await tick.settle()
    assert await team.asks("ana", "v1.1.0") is None
    await tick.settle()
    assert await team.approves("bo", 1) is None
    await tick.settle()
    team.hub.stubborn = True
    assert await team.cancels("ana", 1) is None
    await tick.settle()
    assert (await team.newest()).state is State.ABORTING

    team.clock.forward(-HOUR)
    for _ in range(9):
        team.clock.forward(45)
        await tick.settle()
    assert (await team.newest()).state is State.CANCELLED


def card(team: Team) -> str:
    """What the card of the first deployment says."""
    return team.room.said["card:1"][1].text
