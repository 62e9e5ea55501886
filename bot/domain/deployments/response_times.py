"""Response times: how long production takes to answer, against the time before."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median, quantiles

from bot.domain.deployments.validation import Outcome, Reading, Validation

WHAT = "response_times"
"""What their readings are called."""

SLOWER_BY = timedelta(milliseconds=250)
"""Response times count as normal up to twice the baseline plus this."""
ENOUGH = 20
"""Samples that a 95th percentile needs: of fewer it would be the slowest one alone."""

FEW = 5
"""Of fewer samples of before the answer right before a deployment tells as much."""


def before(seen: Sequence[float], answer_ms: float | None, now: datetime) -> Reading | None:
    """How long it takes before something changes: as it was seen of late, where that was often
    enough, else by one answer.
    """
    samples = tuple(seen) if len(seen) >= FEW else () if answer_ms is None else (answer_ms,)
    if not samples:
        return None
    value, slowest = median(samples), _p95(samples)
    return Reading(
        what=WHAT,
        outcome=Outcome.OK,
        text=_in_words(value, slowest),
        at=now,
        value=value,
        p95=slowest,
        unit="ms",
    )


def response_times(
    validation: Validation, earlier: Reading | None, now: datetime
) -> Reading | None:
    """The median of the bot's own samples, and their 95th percentile once there are enough of
    them, each against the time before the deployment. It warns, and fails nothing.
    """
    if not validation.samples:
        return None
    value, slowest = median(validation.samples), _p95(validation.samples)
    text, baseline = _in_words(value, slowest), earlier.value if earlier else None
    if earlier is None or baseline is None:
        text, outcome = f"{text} (no baseline)", Outcome.NO_DATA
    else:
        text = f"{text} (baseline {_in_words(baseline, earlier.p95)})"
        at_most = _limit(baseline if earlier.p95 is None else earlier.p95)
        is_normal = value <= _limit(baseline) and (slowest or 0) <= at_most
        outcome = Outcome.OK if is_normal else Outcome.DEGRADED
    return Reading(
        what=WHAT,
        outcome=outcome,
        text=text,
        at=now,
        value=value,
        baseline=baseline,
        p95=slowest,
        unit="ms",
    )


def _limit(baseline_ms: float) -> float:
    return 2 * baseline_ms + SLOWER_BY / timedelta(milliseconds=1)


def _in_words(value: float, slowest: float | None) -> str:
    return f"{value:.0f} ms" if slowest is None else f"{value:.0f} ms, p95 {slowest:.0f} ms"


def _p95(samples: tuple[float, ...]) -> float | None:
    """What nineteen of twenty answers did not exceed."""
    return quantiles(samples, n=20, method="inclusive")[-1] if len(samples) >= ENOUGH else None
