"""Validation: what happens between the end of a run and the word success."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

SLOWER_BY = timedelta(milliseconds=250)
"""Response times count as normal up to twice the baseline plus this."""


class Outcome(StrEnum):
    """How a reading turned out; only ok is healthy."""

    OK = "ok"
    DEGRADED = "degraded"
    BAD = "bad"
    UNKNOWN = "unknown"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One look at production: what was looked at, what it showed, in words, and when."""

    what: str
    outcome: Outcome
    text: str
    at: datetime
    value: float | None = None
    baseline: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One answer of a health URL; `problem` is empty when it answered well. `ms` is the response
    time.
    """

    problem: str = ""
    version: str | None = None
    ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What validation asks for: the smoke job or step, consecutive health passes, deadline and
    bake.
    """

    has_health: bool
    smoke: str | None = None
    passes: int = 3
    deadline: timedelta = timedelta(minutes=5)
    bake: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Validation so far: passes and failures in a row, the samples in milliseconds, and what was
    read.
    """

    started_at: datetime
    passes: int = 0
    failures: int = 0
    samples: tuple[float, ...] = ()
    healthy_at: datetime | None = None
    readings: tuple[Reading, ...] = ()
    last: str = ""

    def reading(self, what: str) -> Reading | None:
        """The latest reading of that kind."""
        return next((r for r in reversed(self.readings) if r.what == what), None)

    def having(self, *readings: Reading) -> "Validation":
        """A copy in which these readings replace older ones of the same kind."""
        kept = tuple(r for r in self.readings if r.what not in {new.what for new in readings})
        return replace(self, readings=kept + readings)


def take(
    validation: Validation, probe: Probe, version: str, now: datetime, needed: int
) -> Validation:
    """The validation after one more probe; a green answer of another version is no pass."""
    problem = probe.problem
    if not problem and probe.version is not None and probe.version != version:
        problem = f"answers as {probe.version}, expected {version}"
    if problem:
        return replace(validation, passes=0, failures=validation.failures + 1, last=problem).having(
            Reading(what="health", outcome=Outcome.BAD, text=problem, at=now)
        )
    passes = validation.passes + 1
    samples = (*validation.samples, probe.ms)[-50:] if probe.ms is not None else validation.samples
    healthy_at = validation.healthy_at or (now if passes >= needed else None)
    return replace(
        validation, passes=passes, failures=0, samples=samples, healthy_at=healthy_at, last=""
    ).having(Reading(what="health", outcome=Outcome.OK, text=_in_a_row(passes), at=now))


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


class Judgement(StrEnum):
    """Whether validation is over."""

    GOING_ON = "going_on"
    PASSED = "passed"
    FAILED = "failed"


def judge(validation: Validation, rule: Rule, now: datetime) -> tuple[Judgement, str]:
    """Passed after health and bake, failed with the reason when the deadline or the bake breaks."""
    smoke = validation.reading("smoke")
    if smoke is not None and smoke.outcome is Outcome.BAD:
        return Judgement.FAILED, smoke.text
    if rule.has_health and validation.healthy_at is None:
        if now - validation.started_at < rule.deadline:
            return Judgement.GOING_ON, ""
        return (
            Judgement.FAILED,
            f"not healthy within {_minutes(rule.deadline)}: {validation.last or 'no answer'}",
        )
    if validation.failures >= rule.passes:
        return Judgement.FAILED, f"health was lost during the watch: {validation.last}"
    if now - validation.started_at < rule.bake:
        return Judgement.GOING_ON, ""
    if validation.failures:
        return Judgement.GOING_ON, ""
    return Judgement.PASSED, ""


def _in_a_row(passes: int) -> str:
    return "1 pass" if passes == 1 else f"{passes} passes in a row"


def _minutes(span: timedelta) -> str:
    minutes = span / timedelta(minutes=1)
    return f"{minutes:g} min"
