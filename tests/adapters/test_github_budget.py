"""The budget: what GitHub tells of its limits, and who has to wait for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.adapters.github.budget import RESERVE, Budget, urgently
from bot.domain.errors import Fault

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


class Desk:
    """A budget whose clock is set by hand; GitHub's own is seven minutes ahead of it."""

    def __init__(self) -> None:
        self.now = NOON
        self.budget = Budget(lambda: self.now)

    def told(self, left: int, *, minutes: int = 30, status: int = 200, **more: str) -> None:
        github = self.now + timedelta(minutes=7)
        reset = github + timedelta(minutes=minutes)
        headers = {
            "x-ratelimit-limit": "1000",
            "x-ratelimit-remaining": str(left),
            "x-ratelimit-reset": str(int(reset.timestamp())),
            "date": format_datetime(github, usegmt=True),
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        self.budget.note(status, headers, None)

    def waits(self) -> float | None:
        try:
            self.budget.check()
        except Fault as fault:
            return fault.retry_after
        return None


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_nothing_is_held_up_before_anything_is_known(desk: Desk) -> None:
    assert (desk.waits(), desk.budget.slowness(), desk.budget.left()) == (None, 1.0, None)


@pytest.mark.parametrize(
    ("left", "waits", "slowness"),
    [(1000, None, 1), (701, None, 1), (700, None, 2), (550, None, 4), (401, None, 4),
     (400, 1800, 4), (0, 1800, 4)],
)  # fmt: skip
def test_what_can_wait_slows_down_and_stops(
    desk: Desk, left: int, waits: float | None, slowness: float
) -> None:
    desk.told(left)
    assert (desk.waits(), desk.budget.slowness()) == (waits, slowness)
    assert int(RESERVE * 1000) == 400


def test_what_cannot_wait_uses_the_reserve(desk: Desk) -> None:
    desk.told(3)
    with urgently():
        assert desk.waits() is None
    assert desk.waits() is not None


def test_when_the_hour_is_over_everything_goes_on(desk: Desk) -> None:
    desk.told(0)
    desk.now += timedelta(minutes=30)
    assert (desk.waits(), desk.budget.slowness()) == (None, 1)
    desk.told(999, minutes=60)
    assert desk.budget.left() == (999, 1000, desk.now + timedelta(minutes=60))


def test_an_answer_that_was_overtaken_gives_nothing_back(desk: Desk) -> None:
    desk.told(390)
    desk.told(420)
    assert desk.waits() == 1800


def test_limits_on_other_things_are_not_ours(desk: Desk) -> None:
    desk.told(0, x_ratelimit_resource="graphql")
    assert desk.waits() is None


def test_a_limit_on_bursts_holds_up_everything_that_can_wait(desk: Desk) -> None:
    desk.told(900, status=429, retry_after="45")
    assert desk.waits() == 45
    desk.told(900)  # an answer to what was asked before
    assert desk.waits() == 45
    desk.now += timedelta(seconds=45)
    assert desk.waits() is None


def test_a_server_without_limits_sets_none(desk: Desk) -> None:
    desk.budget.note(200, {"date": "nonsense"}, None)
    assert desk.waits() is None
