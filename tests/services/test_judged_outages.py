"""What a monitor goes on to report of what people have closed: a false alarm, or a duplicate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.incidents.incidents import Severity, State
from bot.domain.metrics.history import Closure
from bot.services import directory
from bot.services.incidents import incident_decisions
from tests.services.detecting import (
    HOUR,
    MINUTE,
    closes,
    known,
    pages,
    restores,
    sees,
)
from tests.services.incidents import a_team, opens, said
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


async def test_a_duplicate_that_goes_on_opens_nothing_while_the_other_one_does(team: Team) -> None:
    await sees(team, "down")
    await opens(team, Severity.MAJOR, source="kuma:2")
    await closes(team, 1, Closure.DUPLICATE)
    await sees(team, "down", after=5 * MINUTE, repeats=True)
    assert [one.id for one in await known(team)] == [2]
    assert "duplicate, so nothing is opened for that while INC-2 goes on" in await said(
        team, "1:judged:2024-03-26"
    )
    await restores(team, 2)
    await sees(team, "down", after=5 * MINUTE, repeats=True)
    assert [one.id for one in await known(team)] == [2, 3]


@pytest.mark.parametrize(
    ("minutes", "open_then", "alarm"), [(5, [2], "incident:2:2"), (30, [2, 3], "incident:3")]
)
async def test_whoever_says_restored_too_early_is_woken_though_a_duplicate_of_it_was_closed(
    team: Team, minutes: int, open_then: list[int], alarm: str
) -> None:
    await sees(team, "down")
    await opens(team, Severity.OUTAGE)
    await closes(team, 1, Closure.DUPLICATE)
    await sees(team, "down", after=5 * MINUTE, repeats=True)
    await restores(team, 2)
    await sees(team, "down", after=minutes * MINUTE, repeats=True)
    found = await known(team)
    assert [one.id for one in found] == open_then
    assert found[-1].state is State.INVESTIGATING
    [page] = await pages(team, found[-1].id)
    assert (page.key, page.ends) == (alarm, False)


async def test_a_duplicate_of_something_milder_counts_there_and_wakes_nobody_each_time(
    team: Team,
) -> None:
    await opens(team, Severity.MODERATE)
    await sees(team, "down")
    await closes(team, 2, Closure.DUPLICATE)
    told = await said(team, "1:takes-over:2")
    assert "INC-2 was closed as a duplicate, so it is counted here, as moderate" in told
    for minutes in (10, 10, 70):
        await sees(team, "down", after=minutes * MINUTE, repeats=True)
    [mild] = await known(team)
    assert (mild.id, mild.severity, mild.alerts) == (1, Severity.MODERATE, 4)
    assert await pages(team, 1) == ()
    assert "It is counted here, as moderate" in await said(team, "1:mild:2024-03-26T11")

    await sees(team, "up")
    await sees(team, "down")
    [bad] = await known(team)
    assert (bad.id, bad.severity, bad.state) == (1, Severity.MAJOR, State.INVESTIGATING)
    assert [(page.key, page.ends) for page in await pages(team, 1)] == [("incident:1", False)]


async def test_what_was_a_duplicate_of_something_as_bad_is_not_taken_in_by_a_milder_one(
    team: Team,
) -> None:
    await opens(team, Severity.MINOR)
    await sees(team, "down")
    await opens(team, Severity.MAJOR, source="kuma:2")
    await closes(team, 2, Closure.DUPLICATE)
    await restores(team, 3)
    await sees(team, "down", after=5 * MINUTE, repeats=True)
    assert [(one.id, one.source) for one in await known(team)] == [
        (1, ""),
        (3, "kuma:2"),
        (4, "kuma:1"),
    ]
    assert [page.key for page in await pages(team, 4)] == ["incident:4"]
