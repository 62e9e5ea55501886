"""Trends: each week has its own numbers, and all weeks together are what the metrics say."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deployments.changes import Commit
from bot.domain.deployments.states import Kind
from bot.domain.metrics.history import CauseState, Closure, IncidentRecord, Record, Result
from bot.domain.metrics.metrics import Window, stability, throughput
from bot.domain.metrics.trends import trend

MONDAY = datetime(2024, 3, 4, tzinfo=UTC)
THREE_WEEKS = Window(
    start=MONDAY, end=MONDAY + timedelta(weeks=3), as_of=MONDAY + timedelta(weeks=3)
)
PLACE = ("app", "production")


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number, hours=10)


def deployed(name: str, live: datetime, result: Result = Result.SUCCESS, **more: object) -> Record:
    facts: dict[str, object] = {
        "id": name,
        "service": "app",
        "environment": "production",
        "version": f"v{name}",
        "result": result,
        "requested_at": live,
        "live_at": live,
        "healthy_at": live,
    }
    return Record(**(facts | more))  # type: ignore[arg-type]


def incident(name: str, started: datetime, minutes: float, **more: object) -> IncidentRecord:
    facts: dict[str, object] = {
        "id": name,
        "service": "app",
        "severity": "major",
        "title": "slow",
        "declared_at": started,
        "started_at": started,
        "restored_at": started + timedelta(minutes=minutes),
    }
    return IncidentRecord(**(facts | more))  # type: ignore[arg-type]


def commit(sha: str, authored: datetime) -> Commit:
    return Commit(sha=sha, authored_at=authored)


HISTORY = (
    deployed("0", day(-30)),
    deployed("1", day(0), commits=(commit("a", day(-1)),)),
    deployed("2", day(1), Result.FAILURE),
    deployed("3", day(2), kind=Kind.ROLLBACK, rolls_back="2"),
    deployed("4", day(16), commits=(commit("b", day(15)), commit("c", day(13)))),
)
INCIDENTS = (
    incident("I1", day(1), 20, cause="2", cause_state=CauseState.CONFIRMED),
    incident("I2", day(2), 40),
    incident("I3", day(3), 99, closure=Closure.DUPLICATE),
)


def test_each_week_by_hand() -> None:
    first, second, third = trend(HISTORY, INCIDENTS, PLACE, THREE_WEEKS).weeks
    assert [week.monday for week in (first, second, third)] == [
        date(2024, 3, 4),
        date(2024, 3, 11),
        date(2024, 3, 18),
    ]
    assert (first.deployments, first.changes, first.failed) == (1, 2, 1)
    assert (first.failure_rate, first.lead, first.recovery) == (0.5, 1440, 30)
    assert (second.deployments, second.failure_rate, second.lead) == (0, None, None)
    assert second.recovery is None
    assert (third.deployments, third.failure_rate, third.recovery) == (1, 0.0, None)
    assert third.lead == pytest.approx(2 * 1440)  # the median of one day and three


def test_incidents_are_no_matter_of_staging() -> None:
    weeks = trend(HISTORY, INCIDENTS, ("app", "staging"), THREE_WEEKS).weeks
    assert all(week.recovery is None for week in weeks)


def test_a_week_that_has_begun_as_this_is_asked_counts() -> None:
    window = Window(start=MONDAY, end=MONDAY + timedelta(weeks=2), as_of=MONDAY)
    (week,) = trend((deployed("1", MONDAY),), (), PLACE, window).weeks
    assert week.deployments == 1


records = st.builds(
    deployed,
    st.uuids().map(str),
    st.floats(min_value=-10, max_value=30).map(day),
    st.sampled_from(Result),
)


@given(st.lists(records, max_size=12))
def test_the_weeks_together_are_the_window(found: list[Record]) -> None:
    flow = throughput(found, THREE_WEEKS)
    failed = stability(found, (), THREE_WEEKS).failed
    weeks = trend(found, (), PLACE, THREE_WEEKS).weeks
    assert sum(week.deployments for week in weeks) == len(flow.successful)
    assert sum(week.changes for week in weeks) == len(flow.live)
    assert sum(week.failed for week in weeks) == len(failed)
    assert all(0 <= (week.failure_rate or 0) <= 1 for week in weeks)
