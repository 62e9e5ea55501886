"""Goals: each of the process's four is met, missed, open or at risk, and says why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.metrics.goals import Goal, goals
from bot.domain.metrics.history import CauseState
from bot.domain.metrics.metrics import stability
from tests.domain.records import FIRST, FOUR_WEEKS, MARCH, day, deployed, incident, trouble
from tests.domain.test_metrics import BERLIN


def test_each_goal_is_met_missed_or_open_with_the_reason() -> None:
    week = replace(FOUR_WEEKS, end=MARCH + timedelta(7))
    staging = [replace(deployed(f"s{n}", day(n)), environment="staging") for n in range(5)]
    production = [FIRST, deployed("1", day(1)), deployed("2", day(2))]
    quiet = stability(production, (), week)
    told = {goal.name: goal for goal in goals(staging, production, quiet, week)}
    assert {name: goal.met for name, goal in told.items()} == {
        "staging_deployments": True,
        "production_deployments": True,
        "change_failure_rate": True,
        "mttr_minutes": None,
    }
    assert told["mttr_minutes"].why == "no restored incident"

    loud = stability(
        production,
        (incident("I1", day(1), day(1, minute=40), "1"), incident("I2", day(2), None)),
        week,
    )
    told = {goal.name: goal for goal in goals(staging[1:], production[:2], loud, week)}
    assert {name: goal.met for name, goal in told.items()} == {
        "staging_deployments": False,
        "production_deployments": False,
        "change_failure_rate": False,
        "mttr_minutes": False,
    }
    assert told["staging_deployments"].why == "4 of 5 working days with a deployment to staging"


def test_what_may_still_turn_out_badly_is_at_risk() -> None:
    production = [FIRST, *(deployed(str(n), day(n)) for n in range(1, 3))]
    suspect = incident("I1", day(1), day(1, minute=5), "1", CauseState.SUSPECTED)
    found = trouble(production, suspect, incident("I2", day(2), None))
    told = {goal.name: goal for goal in goals((), production, found, FOUR_WEEKS)}
    assert told["change_failure_rate"].met is None
    assert told["change_failure_rate"].why.startswith("at risk: 0.0% of the deployments failed")
    assert told["mttr_minutes"].met is None
    assert "at risk: I2 open for longer than 30 min" in told["mttr_minutes"].why


def while_it_goes_on(as_of: datetime, *days: float) -> dict[str, Goal]:
    """The goals in the middle of the second week, with a deployment to both places on these days;
    the first week had all it needs.
    """
    window = replace(FOUR_WEEKS, as_of=as_of, zone=BERLIN, start=MARCH - timedelta(hours=1))
    days = (*range(5), *days)
    staging = [replace(deployed(f"s{n}", day(n)), environment="staging") for n in days]
    production = [FIRST, *(deployed(str(n), day(n)) for n in days)]
    found = goals(staging, production, stability(production, (), window), window)
    return {goal.name: goal for goal in found}


@pytest.mark.parametrize(
    ("as_of", "days", "at_risk"),
    [
        (datetime(2024, 3, 11, 10, 59, tzinfo=UTC), (), ""),  # a Monday, not yet noon in Berlin
        (datetime(2024, 3, 11, 11, tzinfo=UTC), (), "at risk: none yet on 2024-03-11; 5 of 5"),
        (datetime(2024, 3, 11, 15, tzinfo=UTC), (7,), ""),
        (datetime(2024, 3, 16, 15, tzinfo=UTC), (7, 8, 9, 10, 11), ""),  # a Saturday
        (datetime(2024, 3, 13, 15, tzinfo=UTC), (7, 9), ""),  # Tuesday is missed, not at risk
    ],
)
def test_a_working_day_that_goes_by_without_staging_is_at_risk(
    as_of: datetime, days: tuple[int, ...], at_risk: str
) -> None:
    goal = while_it_goes_on(as_of, *days)["staging_deployments"]
    assert goal.is_at_risk is bool(at_risk)
    assert goal.why.startswith(at_risk)
    assert (goal.met is False) is (days == (7, 9))


@pytest.mark.parametrize(
    ("weekday", "days", "at_risk"),
    [
        (2, (), ""),
        (3, (), "0 in the week from 2024-03-11, and 2 working days left; 2 or more in each of 1"),
        (3, (7,), ""),
        (4, (7,), "1 in the week from 2024-03-11, and 1 working day left"),
        (4, (7, 8), ""),
        (6, (7,), "1 in the week from 2024-03-11, and no working days left"),
    ],
)
def test_a_week_that_runs_out_of_days_is_at_risk(
    weekday: int, days: tuple[int, ...], at_risk: str
) -> None:
    goal = while_it_goes_on(day(7 + weekday), *days)["production_deployments"]
    assert goal.is_at_risk is bool(at_risk)
    assert goal.why.removeprefix("at risk: ").startswith(at_risk)


def test_a_week_whose_beginning_lies_before_the_window_says_nothing() -> None:
    friday = replace(FOUR_WEEKS, start=MARCH + timedelta(days=1), as_of=day(4))
    found = {one.name: one for one in goals((), [FIRST], trouble([FIRST]), friday)}
    assert found["production_deployments"].why == "no complete week"
