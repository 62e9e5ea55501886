"""The facts of the risk line."""

from zoneinfo import ZoneInfo

from bot.domain.deployments.risk import failures, local_time
from tests.domain.samples import NOON


def test_the_last_twenty_are_counted() -> None:
    assert failures([True, False, True]) == (1, 3)
    assert failures([False] * 3 + [True] * 17 + [False] * 5) == (3, 20)
    assert failures([]) == (0, 0)


def test_the_hour_is_the_teams_own() -> None:
    assert local_time(NOON, ZoneInfo("Europe/Berlin")) == "Tuesday 13:00 Europe/Berlin"
