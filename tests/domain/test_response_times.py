"""Response times are held against those of the time before, the slow ones against the slow ones."""

import pytest

from bot.domain.deployments.response_times import before, response_times
from bot.domain.deployments.validation import (
    Outcome,
    Validation,
)
from tests.domain.samples import NOON
from tests.domain.validations import DOWN, after


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
