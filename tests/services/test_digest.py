"""The digest is due at the same hour of the wall clock, whatever the clocks do, and comes once."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config.config import DigestConfig
from bot.services.knowing import digest
from bot.services.knowing.digest import last_week, next_time
from tests.services.team import Team

BERLIN = DigestConfig(day="mon", at=time(9), tz="Europe/Berlin")


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (datetime(2024, 3, 24, tzinfo=UTC), datetime(2024, 3, 25, 8, tzinfo=UTC)),
        (datetime(2024, 3, 25, 7, 59, tzinfo=UTC), datetime(2024, 3, 25, 8, tzinfo=UTC)),
        (datetime(2024, 3, 25, 8, tzinfo=UTC), datetime(2024, 4, 1, 7, tzinfo=UTC)),  # summer time
        (datetime(2024, 10, 22, tzinfo=UTC), datetime(2024, 10, 28, 8, tzinfo=UTC)),  # and back
    ],
)
def test_when_it_is_due(after: datetime, due: datetime) -> None:
    assert next_time(BERLIN, after) == due


@pytest.mark.parametrize(
    ("zone", "due", "start", "hours"),
    [
        ("UTC", "2024-04-01T09", "2024-03-25T00", 168),
        ("UTC", "2024-04-05T09", "2024-03-25T00", 168),  # a Friday
        ("Asia/Tokyo", "2024-03-31T23", "2024-03-24T15", 168),  # a Monday there, at eight
        ("Europe/Berlin", "2024-04-01T07", "2024-03-24T23", 167),
        ("Europe/Berlin", "2024-10-28T08", "2024-10-20T22", 169),
    ],
)
def test_it_is_about_the_last_whole_week(zone: str, due: str, start: str, hours: int) -> None:
    at, begins = (datetime.fromisoformat(f"{text}:00Z") for text in (due, start))
    week = last_week(at, ZoneInfo(zone), at)
    assert (week.start, week.end - week.start) == (begins, timedelta(hours=hours))
    assert week.weeks(complete=True) == (week.day_of(week.start),)


async def test_done_again_or_too_early_it_is_told_once(migrated: Path) -> None:
    async def nobody(repo: str, file: str, inputs: dict[str, str]) -> int:
        raise AssertionError("nothing is started")

    team = Team.of(migrated, nobody)

    async def told() -> list[str]:
        pause = await digest.tell(team.desk, BERLIN)
        await team.store.run(lambda tx: tx.set_duty(digest.DUTY, tx.now + pause))
        posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
        return [post.key for post in posts]

    assert await told() == []
    assert await told() == []
    team.clock.time = datetime(2024, 4, 1, 7, 0, 5, tzinfo=UTC)
    assert await told() == ["digest:2024-04-01"]
    assert await told() == ["digest:2024-04-01"]
    later = team.clock.time + timedelta(days=365)
    charts = await team.store.read(lambda tx: tx.pictures_due(later))
    assert charts
    team.clock.time += timedelta(days=3)
    await team.store.run(lambda tx: tx.forget_requests(tx.now))
    await team.store.run(lambda tx: tx.bring_forward())
    assert await told() == ["digest:2024-04-01"]
    assert await team.store.read(lambda tx: tx.pictures_due(later)) == charts
    await team.close()
