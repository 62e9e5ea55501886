"""Response times: how long production takes to answer, against the time before."""

from datetime import datetime, timedelta
from statistics import median

from bot.domain.deployments.validation import Outcome, Reading, Validation

SLOWER_BY = timedelta(milliseconds=250)
"""Response times count as normal up to twice the baseline plus this."""


def response_times(
    validation: Validation, baseline_ms: float | None, now: datetime
) -> Reading | None:
    """The median of the bot's own samples against the time measured before the deployment."""
    if not validation.samples:
        return None
    value = median(validation.samples)
    if baseline_ms is None:
        return Reading(
            what="response_times",
            outcome=Outcome.NO_DATA,
            text=f"{value:.0f} ms (no baseline)",
            at=now,
            value=value,
        )
    limit = 2 * baseline_ms + SLOWER_BY / timedelta(milliseconds=1)
    outcome = Outcome.OK if value <= limit else Outcome.DEGRADED
    return Reading(
        what="response_times",
        outcome=outcome,
        text=f"{value:.0f} ms (baseline {baseline_ms:.0f} ms)",
        at=now,
        value=value,
        baseline=baseline_ms,
    )
