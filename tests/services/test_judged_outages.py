"""What a monitor goes on to report of what people have closed as a false alarm."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.metrics.history import Closure
from bot.services import directory
from bot.services.incidents import incident_decisions
from tests.services.detecting import HOUR, MINUTE, closes, known, pages, sees
from tests.services.incidents import a_team, said
from tests.services.team import PEOPLE, Team


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async with a_team(migrated) as made:
        yield made


async def test_a_false_alarm_that_goes_on_opens_nothing(team: Team) -> None:
    await sees(team, "down")
    await closes(team, 1, Closure.FALSE_POSITIVE)
    await sees(team, "down", after=10 * MINUTE, repeats=True)
    assert await known(team) == ()
    told = await said(team, "1:judged:2024-03-26")
    assert "INC-1 was closed as false positive, so nothing is opened for that until" in told
    assert told.endswith("pause that monitor in Uptime Kuma, or /incident, if users notice.")
    await sees(team, "down", after=HOUR)  # it was up, which nobody heard of
    assert [one.id for one in await known(team)] == [2]


async def test_what_is_down_after_an_up_is_news_though_its_first_down_was_lost(team: Team) -> None:
    await sees(team, "down")
    await closes(team, 1, Closure.FALSE_POSITIVE)
    await sees(team, "down", after=10 * MINUTE, repeats=True)
    await sees(team, "up", after=10 * MINUTE)
    await sees(team, "down", after=4 * HOUR, repeats=True)
    assert [one.id for one in await known(team)] == [2]
    assert [page.key for page in await pages(team, 2)] == ["incident:2"]


async def test_so_it_is_where_people_judged_it_after_the_up(team: Team) -> None:
    await sees(team, "down")
    team.clock.time += MINUTE
    await directory.refresh(team.desk)
    await team.store.run(lambda tx: incident_decisions.resolve(tx, team.config, 1, PEOPLE["dee"]))
    await sees(team, "up")
    await closes(team, 1, Closure.FALSE_POSITIVE)
    await sees(team, "down", after=4 * HOUR, repeats=True)
    assert [one.id for one in await known(team)] == [2]
