"""Metrics: four weeks of a team worked out by hand, the edges one by one, and what always holds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deployments.states import Kind
from bot.domain.metrics.history import CauseState, Closure, IncidentRecord, Record, Result
from bot.domain.metrics.metrics import Window, stability, throughput
from tests.domain.records import (
    APRIL,
    FIRST,
    FOUR_WEEKS,
    MARCH,
    commit,
    day,
    deployed,
    incident,
    trouble,
)

BERLIN = ZoneInfo("Europe/Berlin")


def test_four_weeks_worked_out_by_hand() -> None:
    history = (
        FIRST,
        deployed("1", day(1), commit("a", day(0)), commit("m", day(0), parents=2)),
        deployed("2", day(3), commit("b", day(2)), result=Result.FAILURE),
        deployed("3", day(4), commit("b", day(2)), commit("c", day(3.5))),
        deployed("r", day(4, minute=50), kind=Kind.ROLLBACK, rolls_back="3"),
        deployed("4", None, commit("d", day(7)), result=Result.REJECTED),
        deployed("5", day(8), commit("d", day(7)), kind=Kind.HOTFIX, for_incident="I1"),
        deployed("6", day(8.1), kind=Kind.REDEPLOY),
        deployed("7", day(15), commit("e", day(15.5))),  # authored later than it went live
        deployed("8", day(22), commit("e", day(15.5)), commit("f", day(21))),
    )
    flow = throughput(history, FOUR_WEEKS)
    assert flow.live == ("1", "2", "3", "5", "7", "8")
    assert flow.successful == ("1", "3", "5", "7", "8")
    assert flow.rollbacks == ("r",)
    assert flow.per_day == pytest.approx(5 / 28)
    assert flow.deploy_days == 1  # 2, 1, 1 and 1 days
    # a and d took a day, b two, c half a day, f one; e is passed over once, its clock was wrong
    assert flow.lead_median == 1440
    assert flow.lead_mean == pytest.approx(1440 * 5.5 / 5)
    assert (flow.led, flow.skewed) == (("1", "3", "5", "8"), ("e",))

    found = trouble(
        history,
        incident("I1", day(4, minute=10), day(4, minute=60), cause="3"),
        incident("I2", day(15), day(15, minute=10), cause="7", state=CauseState.SUSPECTED),
        incident("I3", day(16), day(16, minute=30), closure=Closure.EXTERNAL),
        incident("I4", day(17), day(17, minute=99), cause="8", closure=Closure.FALSE_POSITIVE),
        incident("I5", day(27), None),
    )
    assert (found.failed, found.suspected) == (("2", "3"), ("7",))
    assert found.failure_rate == pytest.approx(2 / 6)
    assert found.if_confirmed == pytest.approx(3 / 6)
    assert found.restored == ("I1", "I2", "I3")
    assert (found.mttr_mean, found.mttr_median) == (30, 30)
    assert found.fdrt_median == 60  # 3 until its incident was over; nobody knows about 2
    assert (found.recovered, found.unrecovered) == (("3",), ("2",))
    assert found.open == (("I5", 14 * 60),)
    assert found.rework == pytest.approx(1 / 6)
    assert found.reworked == ("5",)


def test_without_a_denominator_there_is_no_number() -> None:
    flow, found = throughput((FIRST,), FOUR_WEEKS), trouble((FIRST,))
    assert (flow.lead_median, flow.lead_mean, flow.deploy_days) == (None, None, 0)
    assert (found.failure_rate, found.if_confirmed, found.rework) == (None, None, None)
    assert (found.mttr_mean, found.mttr_median, found.fdrt_median) == (None, None, None)


def test_a_window_holds_its_first_instant_and_not_its_end() -> None:
    history = (FIRST, deployed("1", MARCH), deployed("2", APRIL))
    assert throughput(history, FOUR_WEEKS).live == ("1",)
    found = trouble(
        history, incident("I1", day(-1), MARCH), incident("I2", APRIL - timedelta(1), APRIL)
    )
    assert found.restored == ("I1",)


def test_an_even_number_has_the_mean_of_the_two_in_the_middle() -> None:
    times = [incident(f"I{n}", day(n), day(n, minute=n)) for n in (1, 2, 5, 20)]
    assert trouble((FIRST,), *times).mttr_median == 3.5


def test_an_incident_that_was_opened_again_counts_from_its_first_start() -> None:
    again = incident("I1", day(1), None)
    assert trouble((FIRST,), again).open[0][0] == "I1"
    assert trouble((FIRST,), replace(again, restored_at=day(3))).mttr_mean == 2 * 24 * 60


@pytest.mark.parametrize(
    ("state", "closure", "failed", "upper"),
    [
        (CauseState.CONFIRMED, None, 1, 1),
        (CauseState.CONFIRMED, Closure.RESOLVED, 1, 1),
        (CauseState.SUSPECTED, None, 0, 1),
        (CauseState.REFUTED, None, 0, 0),
        (CauseState.CONFIRMED, Closure.DUPLICATE, 0, 0),
        (CauseState.CONFIRMED, Closure.FALSE_POSITIVE, 0, 0),
        (CauseState.CONFIRMED, Closure.CANCELLED, 0, 0),
        (CauseState.SUSPECTED, Closure.EXTERNAL, 0, 0),
    ],
)
def test_what_makes_a_deployment_failed(
    state: CauseState, closure: Closure | None, failed: int, upper: int
) -> None:
    history = (FIRST, deployed("1", day(1)))
    found = trouble(history, incident("I1", day(2), day(3), "1", state, closure))
    assert (found.failure_rate, found.if_confirmed) == (failed, upper)


def test_a_rollback_of_a_rollback_leaves_the_first_one_failed() -> None:
    history = (
        FIRST,
        deployed("1", day(1)),
        deployed("r", day(2), kind=Kind.ROLLBACK, rolls_back="1"),
        deployed("s", day(3), kind=Kind.ROLLBACK, rolls_back="r"),
    )
    assert trouble(history).failed == ("1",)


def test_a_rollback_that_never_happened_blames_nobody() -> None:
    refused = deployed("r", None, kind=Kind.ROLLBACK, rolls_back="1", result=Result.REFUSED)
    assert trouble((FIRST, deployed("1", day(1)), refused)).failed == ()


def test_two_incidents_of_one_deployment_are_one_failure_until_the_last_is_over() -> None:
    history = (FIRST, deployed("1", day(1)))
    both = (incident("I1", day(2), day(3), "1"), incident("I2", day(2), day(4), "1"))
    found = trouble(history, *both)
    assert (found.failed, found.fdrt_median) == (("1",), 3 * 24 * 60)
    assert len(found.restored) == 2


def test_two_deployments_may_both_have_caused_one_incident() -> None:
    history = (FIRST, deployed("1", day(1)), deployed("2", day(2)))
    shared = [incident(f"I{n}", day(3), day(4), str(n)) for n in (1, 2)]
    assert trouble(history, *shared).failed == ("1", "2")


def test_while_its_incident_is_open_a_failed_deployment_has_no_recovery_time() -> None:
    history = (FIRST, deployed("1", day(1)))
    still = trouble(history, incident("I1", day(2), None, "1"))
    assert (still.failed, still.fdrt_median, still.unrecovered) == (("1",), None, ("1",))


def test_a_commit_counts_once_whatever_becomes_of_its_version() -> None:
    history = (
        FIRST,
        deployed("1", day(1), commit("a", day(0))),
        deployed("r", day(2), kind=Kind.ROLLBACK, rolls_back="1"),
        deployed("2", day(5), commit("a", day(0)), commit("b", day(4))),
    )
    assert throughput(history, FOUR_WEEKS).lead_mean == 1440


def test_what_was_shipped_before_the_window_is_not_counted_in_it() -> None:
    history = (FIRST, deployed("1", day(1), commit("old", day(-40))))
    assert throughput(history, FOUR_WEEKS).lead_mean is None


def test_later_knowledge_is_left_out_of_an_earlier_view() -> None:
    history = (FIRST, deployed("1", day(1)), deployed("2", day(20)))
    late = incident("I1", day(2), day(20), "1")
    early = replace(FOUR_WEEKS, as_of=day(10))
    assert throughput(history, early).live == ("1",)
    assert stability(history, (late,), early).open == (("I1", 8 * 24 * 60),)
    assert stability(history, (late,), early).restored == ()


def test_weeks_are_those_of_the_teams_zone_also_where_the_clocks_change() -> None:
    local = replace(FOUR_WEEKS, zone=BERLIN)
    sunday_night = datetime(2024, 3, 31, 21, 59, tzinfo=UTC)  # 23:59 in Berlin, in summer already
    monday = datetime(2024, 3, 31, 22, 0, tzinfo=UTC)
    assert local.day_of(sunday_night).isoformat() == "2024-03-31"
    assert local.day_of(monday).isoformat() == "2024-04-01"
    assert [f"{one:%m-%d}" for one in FOUR_WEEKS.weeks(complete=True)] == [
        *("03-04", "03-11", "03-18", "03-25")
    ]
    whole = [f"{one:%m-%d}" for one in local.weeks(complete=True)]
    assert whole == ["03-11", "03-18", "03-25"]  # the first begins at 23:00 the day before


def test_a_week_that_begins_right_now_has_its_first_deployment() -> None:
    now = replace(FOUR_WEEKS, as_of=MARCH + timedelta(7))
    assert throughput((FIRST, deployed("1", now.as_of)), now).deploy_days == 0.5


def test_weeks_that_are_not_over_are_judged_by_nobody() -> None:
    running = replace(FOUR_WEEKS, as_of=day(9))
    assert len(running.weeks(complete=True)) == 1
    assert len(running.weeks(complete=False)) == 2


def test_a_window_has_a_length() -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        Window(start=MARCH, end=MARCH, as_of=APRIL)


RECORDS = st.lists(
    st.builds(
        deployed,
        name=st.integers(0, 30).map(str),
        live=st.none() | st.floats(-5, 35).map(day),
        result=st.sampled_from(Result),
        kind=st.sampled_from(Kind),
        rolls_back=st.none() | st.integers(0, 30).map(str),
    ),
    max_size=25,
    unique_by=lambda record: record.id,
)
INCIDENTS = st.lists(
    st.builds(
        lambda name, started, took, cause, state, closure: incident(
            f"I{name}", day(started), day(started, minute=took), cause, state, closure
        ),
        name=st.integers(0, 99),
        started=st.floats(-5, 35),
        took=st.integers(0, 500),
        cause=st.none() | st.integers(0, 30).map(str),
        state=st.sampled_from(CauseState),
        closure=st.none() | st.sampled_from(Closure),
    ),
    max_size=10,
)


@given(RECORDS, INCIDENTS)
def test_rates_are_fractions_and_suspects_only_add(
    records: list[Record], incidents: list[IncidentRecord]
) -> None:
    found = trouble(records, *incidents)
    if found.failure_rate is None:
        assert not throughput(records, FOUR_WEEKS).live
    else:
        assert found.if_confirmed is not None
        assert 0 <= found.failure_rate <= found.if_confirmed <= 1
    assert found.mttr_mean is None or found.mttr_mean >= 0
