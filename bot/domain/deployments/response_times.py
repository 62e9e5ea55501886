"""Response times: how long production takes to answer, against the time before."""

from datetime import datetime, timedelta
from statistics import median, quantiles

from bot.domain.deployments.validation import Outcome, Reading, Validation

SLOWER_BY = timedelta(milliseconds=250)
"""Response times count as normal up to twice the baseline plus this."""
ENOUGH = 20
"""Samples that a 95th percentile needs: of fewer it would be the slowest one alone."""


def response_times(
    validation: Validation, baseline_ms: float | None, now: datetime
) -> Reading | None:
    """The median of the bot's own samples, and their 95th percentile once there are enough of
    them, against the time measured before the deployment. It warns, and fails nothing.
    """
    if not validation.samples:
        return None
    value = median(validation.samples)
    slowest = _p95(validation.samples)
    text = f"{value:.0f} ms" if slowest is None else f"{value:.0f} ms, p95 {slowest:.0f} ms"
    if baseline_ms is None:
        return Reading(
            what="response_times",
            outcome=Outcome.NO_DATA,
            text=f"{text} (no baseline)",
            at=now,
            value=value,
        )
    limit = 2 * baseline_ms + SLOWER_BY / timedelta(milliseconds=1)
    is_normal = max(value, slowest or 0) <= limit
    return Reading(
        what="response_times",
        outcome=Outcome.OK if is_normal else Outcome.DEGRADED,
        text=f"{text} (baseline {baseline_ms:.0f} ms)",
        at=now,
        value=value,
        baseline=baseline_ms,
    )


def _p95(samples: tuple[float, ...]) -> float | None:
    """What nineteen of twenty answers did not exceed."""
    return quantiles(samples, n=20, method="inclusive")[-1] if len(samples) >= ENOUGH else None
