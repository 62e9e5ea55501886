"""The digest is due at the same hour of the wall clock, whatever the clocks do."""

from datetime import UTC, datetime, time

import pytest

from bot.config.config import DigestConfig
from bot.services.digest import next_time

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
