"""Duplicates: what their monitors go on to report while the one goes on that people named, and
then; nothing that is down stays unheard for what it is no duplicate of.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.errors import Refusal
from bot.domain.incidents.incidents import Severity, State
from bot.domain.metrics.history import Closure
from bot.ports import Tx
from bot.services.incidents import incidents
from bot.services.incidents.incidents import Report
from tests.services.detecting import HOUR, MINUTE, closes, known, pages, restores, sees
from tests.services.incidents import a_team, incident, opens, said
from tests.services.team import PEOPLE, Team


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    async with a_team(migrated) as made:
        yield made


async def web_is_down(team: Team) -> None:
    """Somebody opens an incident of another service."""
    report = Report(service="web", severity=Severity.OUTAGE, impact="The database is down")
    await team.store.run(lambda tx: incidents.declare(tx, team.config, report, PEOPLE["ana"]))


async def open_ones(team: Team) -> list[int]:
    return [one.id for one in await known(team)]


async def test_one_of_another_service_is_heard_again_when_that_is_restored(team: Team) -> None:
    await opens(team, Severity.MINOR)
    await web_is_down(team)
    await sees(team, "down")
    await closes(team, 3, Closure.DUPLICATE, of=2)
    await sees(team, "down", after=5 * MINUTE, repeats=True)
    assert await open_ones(team) == [1, 2]

    await restores(team, 2)
    await sees(team, "down", after=5 * MINUTE, repeats=True)
    [pale, _, down] = await known(team)
    assert (pale.id, pale.source, pale.alerts) == (1, "", 0)
    assert (down.id, down.severity, down.source) == (4, Severity.MAJOR, "kuma:1")
    assert [page.key for page in await pages(team, 4)] == ["incident:4"]


async def test_one_of_nothing_that_was_named_pages_with_its_next_report(team: Team) -> None:
    await opens(team, Severity.MINOR)
    await sees(team, "down")
    await opens(team, Severity.MAJOR, source="kuma:2")
    await closes(team, 2, Closure.DUPLICATE)
    await sees(team, "down", after=5 * MINUTE, repeats=True)
    assert await open_ones(team) == [1, 3, 4]
    assert [page.key for page in await pages(team, 4)] == ["incident:4"]


async def test_it_opens_nothing_while_the_one_that_was_named_goes_on(team: Team) -> None:
    await sees(team, "down")
    await opens(team, Severity.MAJOR, source="kuma:2")
    await closes(team, 1, Closure.DUPLICATE, of=2)
    assert await said(team, "2:duplicate:1") == (
        "INC-1 of app was closed as a duplicate of INC-2. While this goes on, and for a day at "
        "most, nothing is opened for what Uptime Kuma repeats of that."
    )
    await sees(team, "down", after=5 * MINUTE, repeats=True)
    assert await open_ones(team) == [2]
    told = await said(team, "1:judged:2024-03-26")
    assert "duplicate, so nothing is opened for that while INC-2 goes on, and only until" in told
    await restores(team, 2)
    await sees(team, "down", after=5 * MINUTE, repeats=True)
    assert await open_ones(team) == [2, 3]


@pytest.mark.parametrize("of", [1, 2])
async def test_every_monitor_of_a_service_is_one_of_what_a_person_opened(
    team: Team, of: int
) -> None:
    await opens(team, Severity.MODERATE)
    for monitor in ("1", "2"):
        await sees(team, "down", monitor=monitor)
    await closes(team, 3, Closure.DUPLICATE, of=of)
    await closes(team, 2, Closure.DUPLICATE, of=1)
    for monitor in ("1", "2") * 3:
        await sees(team, "down", after=5 * MINUTE, monitor=monitor, repeats=True)
    assert await open_ones(team) == [1]
    assert await pages(team, 1) == ()

    await sees(team, "up", monitor="2")
    await sees(team, "down", monitor="2")
    assert await open_ones(team) == [1, 4]
    assert [page.key for page in await pages(team, 4)] == ["incident:4"]


async def test_what_goes_on_for_a_day_is_heard_though_the_other_does_too(team: Team) -> None:
    await opens(team, Severity.MINOR)
    await sees(team, "down")
    await closes(team, 2, Closure.DUPLICATE, of=1)
    for _ in range(24):
        await sees(team, "down", after=HOUR, repeats=True)
    assert await open_ones(team) == [1]
    await sees(team, "down", after=HOUR, repeats=True)
    assert await open_ones(team) == [1, 3]
    assert [page.key for page in await pages(team, 3)] == ["incident:3"]


async def test_nothing_is_a_duplicate_of_what_is_closed_itself(team: Team) -> None:
    await opens(team, Severity.MODERATE)
    await opens(team, Severity.MODERATE)
    await closes(team, 1, Closure.DUPLICATE, of=2)
    for of in (1, 2, 9):
        with pytest.raises(Refusal, match=f"INC-{of} is closed, so nothing was changed"):
            await closes(team, 2, Closure.DUPLICATE, of=of)
    assert (await incident(team, 2)).state is State.INVESTIGATING


@pytest.mark.parametrize(
    ("minutes", "open_then", "alarm"), [(5, [2], "incident:2:2"), (30, [2, 3], "incident:3")]
)
async def test_whoever_says_restored_too_early_is_woken_though_a_duplicate_of_it_was_closed(
    team: Team, minutes: int, open_then: list[int], alarm: str
) -> None:
    await sees(team, "down")
    await opens(team, Severity.OUTAGE)
    await closes(team, 1, Closure.DUPLICATE, of=2)
    await sees(team, "down", after=5 * MINUTE, repeats=True)
    await restores(team, 2)
    await sees(team, "down", after=minutes * MINUTE, repeats=True)
    found = await known(team)
    assert [one.id for one in found] == open_then
    assert found[-1].state is State.INVESTIGATING
    [page] = await pages(team, found[-1].id)
    assert (page.key, page.ends) == (alarm, False)


async def test_what_is_named_in_a_circle_hides_no_outage(team: Team) -> None:
    await sees(team, "down")
    await opens(team, Severity.MAJOR)
    await closes(team, 1, Closure.DUPLICATE, of=2)

    def go_round(tx: Tx) -> None:
        two = tx.incident(2)
        assert two is not None
        ended = {"closure": Closure.DUPLICATE, "duplicate_of": 1}
        tx.save_incident(two, two.to(State.CLOSED, tx.now, **ended))

    await team.store.run(go_round)
    await sees(team, "down", after=5 * MINUTE, repeats=True)
    assert await open_ones(team) == [3]
