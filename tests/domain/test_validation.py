"""Success is said only after health held for the bake; everything else is named as what it was."""

from dataclasses import replace
from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deployments.response_times import before, response_times
from bot.domain.deployments.validation import (
    KUMA,
    Judgement,
    Outcome,
    Probe,
    Reading,
    Rule,
    Validation,
    judge,
    take,
)
from tests.domain.samples import NOON

GOOD = Probe(version="v1.2.1", ms=100)
OLD = Probe(version="v1.2.0", ms=100)
DOWN = Probe(problem="HTTP 503")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
RULE = Rule(has_health=True, deadline=timedelta(minutes=5), bake=timedelta(minutes=10))
PROBES = st.lists(st.sampled_from([GOOD, OLD, DOWN, Probe(ms=90)]), max_size=12)


def after(*probes: Probe, needed: int = 3) -> Validation:
    """Validation after these probes, one each second."""
    start = Validation(started_at=NOON)
    timed = enumerate(probes, start=1)
    return reduce(lambda v, p: take(v, p[1], "v1.2.1", NOON + p[0] * SECOND, needed), timed, start)


def judged(validation: Validation, minutes: float, rule: Rule = RULE) -> tuple[Judgement, str]:
    return judge(validation, rule, NOON + timedelta(minutes=minutes))


GOING_ON = (Judgement.GOING_ON, "")
PASSED = (Judgement.PASSED, "")


def smoke(outcome: Outcome) -> Reading:
    return Reading(what="smoke", outcome=outcome, text="the job smoke was failure", at=NOON)


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


def test_the_newest_reading_of_a_kind_is_the_one_that_counts() -> None:
    found = Validation(started_at=NOON).having(smoke(Outcome.BAD)).having(smoke(Outcome.OK))
    assert found.readings == (replace(smoke(Outcome.OK), since=NOON),)
    assert found.reading("smoke") == found.readings[0]


def test_since_when_it_is_well_is_known() -> None:
    def kuma(minute: int, outcome: Outcome) -> Reading:
        return Reading(what=KUMA, outcome=outcome, text="", at=NOON + minute * MINUTE)

    found = Validation(started_at=NOON)
    times = []
    for minute, outcome in enumerate(
        [Outcome.NO_DATA, Outcome.OK, Outcome.UNKNOWN, Outcome.OK, Outcome.BAD, Outcome.OK]
    ):
        found = found.having(kuma(minute, outcome))
        times.append(found.readings[0].since)
    assert times == [None, *[NOON + MINUTE] * 3, None, NOON + 5 * MINUTE]
    assert found.reading("health") is None


@pytest.mark.parametrize(
    ("samples", "baseline", "outcome", "text"),
    [
        ((100.0, 900.0, 110.0), 100.0, Outcome.OK, "110 ms (baseline 100 ms)"),
        ((450.0,), 100.0, Outcome.OK, "450 ms (baseline 100 ms)"),
        ((450.1,), 100.0, Outcome.DEGRADED, "450 ms (baseline 100 ms)"),
        ((251.0,), 0.0, Outcome.DEGRADED, "251 ms (baseline 0 ms)"),
        ((100.0,), None, Outcome.NO_DATA, "100 ms (no baseline)"),
        # the slowest of nineteen is no 95th percentile; of twenty one slow answer is none either
        ((100.0,) * 17 + (900.0,) * 2, 100.0, Outcome.OK, "100 ms (baseline 100 ms)"),
        ((100.0,) * 19 + (900.0,), 100.0, Outcome.OK, "100 ms, p95 140 ms (baseline 100 ms)"),
        ((100.0,) * 18 + (450.0,) * 2, 100.0, Outcome.OK, "100 ms, p95 450 ms (baseline 100 ms)"),
        (
            (100.0,) * 18 + (451.0,) * 2,
            100.0,
            Outcome.DEGRADED,
            "100 ms, p95 451 ms (baseline 100 ms)",
        ),
        ((100.0,) * 18 + (900.0,) * 2, None, Outcome.NO_DATA, "100 ms, p95 900 ms (no baseline)"),
    ],
)
def test_response_times_against_the_time_before(
    samples: tuple[float, ...], baseline: float | None, outcome: Outcome, text: str
) -> None:
    earlier = before((), baseline, NOON)
    found = response_times(Validation(started_at=NOON, samples=samples), earlier, NOON)
    assert found is not None
    assert (found.what, found.outcome, found.text) == ("response_times", outcome, text)
    assert found.baseline == baseline


def test_without_samples_nothing_is_said_about_response_times() -> None:
    assert response_times(after(DOWN), before((), 100, NOON), NOON) is None


OFTEN = (100.0,) * 18 + (400.0,) * 2


@pytest.mark.parametrize(
    ("seen", "answer", "value", "p95"),
    [
        ((), None, None, None),
        ((), 70.0, 70, None),
        ((100.0,) * 4, 70.0, 70, None),  # of so few the answer right before tells as much
        ((100.0,) * 5, 70.0, 100, None),
        ((100.0,) * 5, None, 100, None),
        (OFTEN, 70.0, 100, 400),
    ],
)
def test_how_fast_it_was_before(
    seen: tuple[float, ...], answer: float | None, value: float | None, p95: float | None
) -> None:
    found = before(seen, answer, NOON)
    assert (found and found.value, found and found.p95) == (value, p95)


@pytest.mark.parametrize(
    ("slow", "outcome"), [(400.0, Outcome.OK), (1050.0, Outcome.OK), (1051.0, Outcome.DEGRADED)]
)
def test_the_slow_answers_are_compared_with_the_slow_ones_of_before(
    slow: float, outcome: Outcome
) -> None:
    samples = (100.0,) * 18 + (slow,) * 2
    taken = Validation(started_at=NOON, samples=samples)
    found = response_times(taken, before(OFTEN, None, NOON), NOON)
    assert found is not None
    assert found.outcome is outcome
    assert found.text == f"100 ms, p95 {slow:.0f} ms (baseline 100 ms, p95 400 ms)"
    assert (found.value, found.baseline, found.p95) == (100, 100, slow)


def test_what_is_bad_counts_the_second_time_in_a_row() -> None:
    def read(outcome: Outcome) -> Reading:
        return Reading(what="error_rate", outcome=outcome, text="3.2 %", at=NOON)

    first = read(Outcome.BAD).confirmed(None)
    assert (first.outcome, first.text) == (Outcome.DEGRADED, "3.2 %, looking again")
    assert read(Outcome.BAD).confirmed(first) == read(Outcome.BAD)
    good = read(Outcome.OK).confirmed(first)
    assert good == read(Outcome.OK)
    assert read(Outcome.BAD).confirmed(good) == first
    assert read(Outcome.BAD).confirmed(read(Outcome.BAD)) == read(Outcome.BAD)
    assert read(Outcome.BAD).sentence == "Error rate: 3.2 %"


@pytest.mark.parametrize(
    "rule", [RULE, Rule(has_health=True, bake=timedelta()), Rule(has_health=False)]
)
def test_what_was_bad_in_the_last_look_is_looked_at_again_before_it_passes(rule: Rule) -> None:
    def read(outcome: Outcome) -> Reading:
        return Reading(what="error_rate", outcome=outcome, text="3.2 %", at=NOON + 11 * MINUTE)

    first = read(Outcome.BAD).confirmed(None)
    found = after(*(GOOD,) * 3).having(first)
    assert judged(found, 11, rule) == judged(found, 12, rule) == GOING_ON
    assert judged(found.having(read(Outcome.OK).confirmed(first)), 12, rule) == PASSED
    bad = found.having(read(Outcome.BAD).confirmed(first))
    assert judged(bad, 12, rule) == (Judgement.FAILED, "Error rate: 3.2 %")


@pytest.mark.parametrize("unread", [Outcome.UNKNOWN, Outcome.NO_DATA])
@pytest.mark.parametrize("rule", [RULE, Rule(has_health=True, bake=timedelta())])
def test_what_was_bad_and_cannot_be_read_since_never_passes(unread: Outcome, rule: Rule) -> None:
    def read(outcome: Outcome, minute: float, text: str) -> Reading:
        return Reading(what="error_rate", outcome=outcome, text=text, at=NOON + minute * MINUTE)

    bad = read(Outcome.BAD, 11, "3.2 %").confirmed(None)
    once, twice = (read(unread, minute, "no answer").confirmed(bad) for minute in (12, 13))
    for kept in (once, twice, twice.confirmed(once)):
        assert (kept.outcome, kept.text) == (Outcome.DEGRADED, "3.2 %, looking again (no answer)")
    found = after(*(GOOD,) * 3)
    assert judged(found.having(twice), 15, rule) == GOING_ON
    why = "Error rate: 3.2 %, and nothing is known of the 5 min since"
    assert judged(found.having(twice), 16, rule) == (Judgement.FAILED, f"{why} (no answer)")
    assert judged(found.having(bad), 16, rule) == (Judgement.FAILED, why)
    assert judged(found.having(read(Outcome.OK, 14, "0.4 %").confirmed(twice)), 15, rule) == PASSED
    assert read(Outcome.BAD, 14, "3 %").confirmed(twice) == read(Outcome.BAD, 14, "3 %")


@pytest.mark.parametrize(
    ("logs", "issues", "told"),
    [
        (None, None, None),
        (Outcome.OK, None, "logs"),
        (None, Outcome.OK, "issues"),
        (Outcome.OK, Outcome.OK, "logs"),
        (Outcome.OK, Outcome.DEGRADED, "issues"),
        (Outcome.OK, Outcome.UNKNOWN, "issues"),
        (Outcome.DEGRADED, Outcome.BAD, "logs"),
    ],
)
def test_no_errors_is_said_only_where_neither_log_nor_tracker_is_against_it(
    logs: Outcome | None, issues: Outcome | None, told: str | None
) -> None:
    read = [
        Reading(what=what, outcome=outcome, text="", at=NOON)
        for what, outcome in (("logs", logs), ("issues", issues))
        if outcome is not None
    ]
    found = Validation(started_at=NOON).having(*read).errors
    assert (found.what if found else None) == told
