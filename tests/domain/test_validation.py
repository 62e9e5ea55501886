"""Success is said only after health held for the bake; everything else is named as what it was."""

from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deployments.validation import (
    Judgement,
    Outcome,
    Probe,
    Reading,
    Rule,
    Validation,
    take,
)
from tests.domain.samples import NOON
from tests.domain.validations import (
    DOWN,
    GOING_ON,
    GOOD,
    OLD,
    PASSED,
    PROBES,
    SECOND,
    after,
    judged,
    smoke,
)


def no_deploy_job() -> Reading:
    return Reading(what="deploy_job", outcome=Outcome.NO_DATA, text="no job deploy", at=NOON)


def test_three_passes_in_a_row_are_healthy() -> None:
    assert after(GOOD, GOOD).healthy_at is None
    found = after(GOOD, GOOD, GOOD)
    assert found.healthy_at == NOON + 3 * SECOND
    assert after(GOOD, GOOD, GOOD, GOOD).healthy_at == found.healthy_at


def test_a_failure_starts_the_count_anew() -> None:
    assert after(GOOD, GOOD, DOWN, GOOD, GOOD).healthy_at is None
    assert after(GOOD, GOOD, DOWN, GOOD, GOOD, GOOD).healthy_at == NOON + 6 * SECOND


def test_a_green_answer_of_another_version_is_no_pass() -> None:
    found = after(GOOD, GOOD, OLD)
    assert (found.passes, found.failures) == (0, 1)
    assert found.last == "answers as v1.2.0, expected v1.2.1"


def test_an_answer_without_a_version_is_taken_as_it_is() -> None:
    assert after(Probe(ms=90)).passes == 1


def test_the_reading_says_what_was_seen_last() -> None:
    texts = [after(*probes).readings for probes in ([GOOD], [GOOD, GOOD], [GOOD, DOWN])]
    assert [[(r.what, r.outcome, r.text) for r in readings] for readings in texts] == [
        [("health", Outcome.OK, "1 pass")],
        [("health", Outcome.OK, "2 passes in a row")],
        [("health", Outcome.BAD, "HTTP 503")],
    ]


@given(PROBES)
def test_passes_and_failures_are_those_at_the_end(probes: list[Probe]) -> None:
    found = after(*probes)
    wrong = [p.problem != "" or p.version == "v1.2.0" for p in probes]
    trailing = len(wrong) - (max((i for i, bad in enumerate(wrong) if bad), default=-1) + 1)
    assert found.passes == trailing
    assert (found.failures == 0) is (not wrong or not wrong[-1])
    assert len(found.readings) == min(1, len(probes))
    assert len(found.samples) == wrong.count(False)


def test_samples_are_kept_up_to_fifty_and_of_good_answers_only() -> None:
    probes = [Probe(ms=float(n)) for n in range(60)]
    assert after(*probes, Probe(problem="slow", ms=9000)).samples == tuple(
        map(float, range(10, 60))
    )
    assert after(Probe()).samples == ()


@pytest.mark.parametrize(
    ("probes", "minutes", "expected"),
    [
        ((), 4.9, GOING_ON),
        ((), 5, (Judgement.FAILED, "not healthy within 5 min: no answer")),
        ((DOWN,), 4.9, GOING_ON),
        ((DOWN,), 5, (Judgement.FAILED, "not healthy within 5 min: HTTP 503")),
        (
            (OLD,) * 9,
            5,
            (
                Judgement.FAILED,
                "not healthy within 5 min: answers as v1.2.0, expected v1.2.1",
            ),
        ),
        (
            (GOOD, GOOD),
            5,
            (Judgement.FAILED, "not healthy within 5 min: 2 passes in a row, 3 are needed"),
        ),
        ((GOOD,) * 3, 5, GOING_ON),
        ((GOOD,) * 3, 10, GOING_ON),
        ((GOOD,) * 3, 10.05, PASSED),
        ((DOWN, *(GOOD,) * 3), 10.05, GOING_ON),
        ((DOWN, *(GOOD,) * 3), 10.1, PASSED),
        ((*(GOOD,) * 3, DOWN, DOWN), 9, GOING_ON),
        ((*(GOOD,) * 3, DOWN, DOWN), 10.1, GOING_ON),
        ((*(GOOD,) * 3, DOWN, DOWN, GOOD), 10.1, GOING_ON),
        ((*(GOOD,) * 3, DOWN, DOWN, *(GOOD,) * 3), 10.1, PASSED),
        (
            (*(GOOD,) * 3, DOWN, DOWN, GOOD),
            15.05,
            (Judgement.FAILED, "health comes and goes: 1 pass, 3 are needed"),
        ),
        (
            (*(GOOD,) * 3, DOWN),
            15.05,
            (Judgement.FAILED, "health comes and goes: HTTP 503"),
        ),
        (
            (*(GOOD,) * 3, *(DOWN,) * 3),
            6,
            (Judgement.FAILED, "health was lost during the watch: HTTP 503"),
        ),
        (
            (*(GOOD,) * 3, *(OLD,) * 3),
            99,
            (
                Judgement.FAILED,
                "health was lost during the watch: answers as v1.2.0, expected v1.2.1",
            ),
        ),
    ],
)
def test_how_it_is_judged(
    probes: tuple[Probe, ...], minutes: float, expected: tuple[Judgement, str]
) -> None:
    assert judged(after(*probes), minutes) == expected


def test_a_failed_smoke_test_ends_it_at_once() -> None:
    found = after(*(GOOD,) * 3).having(smoke(Outcome.BAD))
    assert judged(found, 0) == (Judgement.FAILED, "the job smoke was failure")


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.BAD}))
def test_a_smoke_test_that_told_nothing_does_not_fail_it(outcome: Outcome) -> None:
    assert judged(after(*(GOOD,) * 3).having(smoke(outcome)), 11) == PASSED


def test_everything_that_went_wrong_in_the_run_is_named() -> None:
    moved = Reading(what="commit", outcome=Outcome.BAD, text="v1.2.1 moved", at=NOON)
    found = after(*(GOOD,) * 3).having(smoke(Outcome.BAD), moved)
    assert judged(found, 0) == (Judgement.FAILED, "the job smoke was failure; v1.2.1 moved")


def test_without_the_deploying_job_only_production_can_prove_a_deployment() -> None:
    told_nothing = after(*(Probe(ms=90),) * 3).having(no_deploy_job())
    why = "not proven that anything was deployed: no job deploy, and production tells no version"
    assert judged(told_nothing, 11) == (Judgement.FAILED, why)
    assert judged(after(*(GOOD,) * 3).having(no_deploy_job()), 11) == PASSED
    never_asked = Validation(started_at=NOON).having(no_deploy_job())
    assert judged(never_asked, 11, Rule(has_health=False)) == (Judgement.FAILED, why)


@pytest.mark.parametrize("told", ["v1.2.1", "1.2.1", "V1.2.1"])
def test_a_version_is_the_same_with_and_without_its_v(told: str) -> None:
    assert after(Probe(version=told)).passes == 1


@pytest.mark.parametrize("told", ["1.2.10", "1.2.1-rc.1", "v1.2", "", "main"])
def test_another_version_is_another(told: str) -> None:
    assert after(Probe(version=told)).passes == 0


def test_a_version_that_is_no_semver_is_compared_as_it_stands() -> None:
    found = take(Validation(started_at=NOON), Probe(version="nightly"), "nightly", NOON, 3)
    assert (found.passes, found.live_at) == (1, NOON)


def watched(*probes: tuple[float, Probe]) -> Validation:
    """Validation after probes at these minutes."""
    start = Validation(started_at=NOON)
    return reduce(
        lambda v, p: take(v, p[1], "v1.2.1", NOON + timedelta(minutes=p[0]), 3), probes, start
    )


def test_the_time_in_which_nobody_looked_is_no_reason_to_fail() -> None:
    back = watched((0, DOWN), (60, GOOD))
    assert judged(back, 60) == judged(back, 64.9) == GOING_ON
    assert judged(back, 65)[0] is Judgement.FAILED
    assert judged(watched((60, GOOD)), 60) == GOING_ON


def test_the_time_in_which_nobody_looked_is_no_bake() -> None:
    healthy = [(minute, GOOD) for minute in (0.1, 0.2, 0.3)]
    back = watched(*healthy, (60, GOOD))
    assert (back.passes, back.healthy_at) == (1, None)
    assert judged(back, 60) == GOING_ON
    steady = watched(*healthy, (60, GOOD), (60.1, GOOD), (60.2, GOOD))
    assert judged(steady, 70) == GOING_ON
    assert judged(steady, 70.2) == PASSED


@pytest.mark.parametrize(
    ("probes", "minute"),
    [
        ([], 2),
        ([Probe(ms=90)], 2),
        ([DOWN], 2),
        ([GOOD], 1),
        ([OLD, GOOD], 1 + 1 / 60),
        ([OLD], None),
        ([OLD, DOWN], None),
    ],
)
def test_it_is_live_since_production_says_so_else_since_the_job_ended(
    probes: list[Probe], minute: float | None
) -> None:
    found = Validation(started_at=NOON, deployed_at=NOON + timedelta(minutes=2))
    for second, probe in enumerate(probes):
        at = NOON + timedelta(minutes=1, seconds=second)
        found = take(found, probe, "v1.2.1", at, 3)
    assert found.live_at == (None if minute is None else NOON + timedelta(minutes=minute))


def test_without_a_health_url_only_the_bake_is_waited_for() -> None:
    rule = Rule(has_health=False)
    assert judged(Validation(started_at=NOON), 9.9, rule) == GOING_ON
    assert judged(Validation(started_at=NOON), 10, rule) == PASSED


def test_a_bake_of_nothing_passes_with_health() -> None:
    rule = Rule(has_health=True, bake=timedelta(0))
    assert judged(after(GOOD, GOOD), 0.05, rule) == GOING_ON
    assert judged(after(GOOD, GOOD, GOOD), 0.05, rule) == PASSED


@given(PROBES, st.floats(0, 60))
def test_success_is_never_said_without_health_and_bake(probes: list[Probe], minutes: float) -> None:
    found = after(*probes)
    if judged(found, minutes) == PASSED:
        assert found.healthy_at is not None
        assert found.passes >= 3
        assert NOON + timedelta(minutes=minutes) >= found.healthy_at + timedelta(minutes=10)


@given(PROBES)
def test_it_does_not_wait_for_ever_for_health(probes: list[Probe]) -> None:
    found = after(*probes)
    verdict, why = judged(found, 5)
    assert (verdict is Judgement.FAILED) <= bool(why)
    assert found.healthy_at or verdict is Judgement.FAILED
