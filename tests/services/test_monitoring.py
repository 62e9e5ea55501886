"""A monitor that answers too late is not known, and keeps nobody from looking at the rest."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.deployments.validation import LOOKED_AWAY, Outcome, Reading, Validation
from bot.domain.gates import Level
from bot.ports import Question
from bot.services.gates import monitoring
from tests.services.team import Team


class Slow:
    """A source that never comes to an end."""

    what = "error_rate"
    pace = timedelta(seconds=30)

    async def look(self, question: Question) -> Reading:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async def close(self) -> None: ...


async def test_a_slow_monitor_does_not_make_the_watch_begin_anew(migrated: Path) -> None:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    team = Team.of(migrated, on_dispatch)
    await team.works()
    assert await team.asks("ana", "v1.1.0") is None
    desk = replace(team.desk, monitors={("app", "production"): (Slow(),)})
    [read] = await monitoring.before(desk, await team.newest(), patience=0.1)
    assert (read.outcome, read.text) == (Outcome.UNKNOWN, "not known, no answer within 0.1 s")
    assert LOOKED_AWAY.total_seconds() / 2 > monitoring.PATIENCE
    await team.close()


class Down(Slow):
    """A source that tells how it is, and it is not well."""

    what = "uptime_kuma"

    async def look(self, question: Question) -> Reading:
        return Reading(what=self.what, outcome=Outcome.BAD, text="down", at=question.now)


async def test_what_a_monitor_says_before_stands_on_the_card_and_is_the_baseline(
    migrated: Path,
) -> None:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    team = Team.of(migrated, on_dispatch)
    team.desk = replace(team.desk, monitors={("app", "production"): (Down(),)})
    await team.works()
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    waiting = await team.newest()
    [verdict] = [one for one in waiting.verdicts if one.gate == "monitoring"]
    assert (verdict.level, verdict.text) == (Level.WARN, "Uptime Kuma: down")
    assert [one.text for one in waiting.before] == ["down"]
    await team.close()


class Broken(Slow):
    """A source whose answer nobody foresaw."""

    async def look(self, question: Question) -> Reading:
        raise OverflowError("Python int too large to convert to C int")


async def test_a_monitor_that_breaks_is_not_known_and_stops_nothing(migrated: Path) -> None:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    team = Team.of(migrated, on_dispatch)
    await team.works()
    assert await team.asks("ana", "v1.1.0") is None
    desk = replace(team.desk, monitors={("app", "production"): (Broken(),)})
    [read] = await monitoring.before(desk, await team.newest())
    assert (read.outcome, read.text) == (
        Outcome.UNKNOWN,
        "not known, what it answered could not be read",
    )
    await team.close()


class Steady(Slow):
    """A source that counts the looks at it."""

    def __init__(self) -> None:
        self.looks = 0

    async def look(self, question: Question) -> Reading:
        self.looks += 1
        return Reading(what=self.what, outcome=Outcome.OK, text="fine", at=question.now)


@pytest.mark.parametrize(("seconds", "looks"), [(29, 1), (30, 2), (-3600, 2)])
async def test_a_monitor_is_asked_again_after_its_pace_or_when_the_clock_was_set_back(
    migrated: Path, seconds: float, looks: int
) -> None:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    team, source = Team.of(migrated, on_dispatch), Steady()
    await team.works()
    assert await team.asks("ana", "v1.1.0") is None
    desk = replace(team.desk, monitors={("app", "production"): (source,)})
    found = Validation(started_at=team.clock.now())
    found = await monitoring.watch(desk, await team.newest(), found)
    team.clock.forward(seconds)
    await monitoring.watch(desk, await team.newest(), found)
    assert source.looks == looks
    await team.close()
