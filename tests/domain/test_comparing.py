"""Comparing: what a share after a deployment means beside the one before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deployments.comparing import Sample, of_issues, of_rates
from bot.domain.deployments.validation import Outcome


@pytest.mark.parametrize(
    ("bad", "every", "before", "outcome"),
    [
        (32, 1000, 0.004, Outcome.BAD),  # 0.4 % became 3.2 %
        (4, 1000, 0.004, Outcome.OK),
        (15, 1000, 0.010, Outcome.DEGRADED),  # half as much again
        (20, 1000, 0.010, Outcome.BAD),
        (20, 1000, 0.011, Outcome.DEGRADED),  # not twice as much
        (8, 1000, 0.004, Outcome.OK),  # twice next to nothing
        (9, 1000, 0.004, Outcome.DEGRADED),
        (0, 1000, 0.0, Outcome.OK),
        (10, 1000, 0.0, Outcome.BAD),
        (5, 1000, 0.0, Outcome.DEGRADED),
        (4, 1000, 0.0, Outcome.OK),
        (4, 100, 0.004, Outcome.DEGRADED),  # ten times as much, but four errors
        (2, 100, 0.004, Outcome.OK),  # chance
        (49, 49, 0.0, Outcome.NO_DATA),  # too few to say
        (0, 0, 0.004, Outcome.NO_DATA),
        (32, 1000, None, Outcome.NO_DATA),  # nothing to compare with
    ],
)
def test_a_share_is_compared_with_the_one_before(
    bad: int, every: int, before: float | None, outcome: Outcome
) -> None:
    assert of_rates(Sample(bad=bad, every=every), before, 50) is outcome


SEVERITY = [Outcome.OK, Outcome.DEGRADED, Outcome.BAD]


@given(st.integers(50, 10**6), st.floats(0, 1), st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_errors_are_never_better(every: int, before: float, one: int, other: int) -> None:
    fewer, more = sorted((min(one, every), min(other, every)))
    least = of_rates(Sample(bad=fewer, every=every), before, 50)
    most = of_rates(Sample(bad=more, every=every), before, 50)
    assert SEVERITY.index(least) <= SEVERITY.index(most)


def test_new_issues_warn_and_then_fail() -> None:
    assert [of_issues(count, 3) for count in range(4)] == [
        Outcome.OK,
        Outcome.DEGRADED,
        Outcome.DEGRADED,
        Outcome.BAD,
    ]
