"""Comparing: what a number after a deployment means beside the one before it."""

from dataclasses import dataclass

from bot.domain.deployments.validation import Outcome

WORSE, MUCH_WORSE = 1.5, 2.0
"""From so many times the baseline on people are warned, and the deployment fails."""

NOTICEABLE, CLEAR = 0.005, 0.01
"""A share has to grow by so much, too: twice next to nothing is next to nothing."""


MORE_THAN_CHANCE, SURE = 3, 5
"""So many have to go wrong before it is worth a warning, or the end: one error of a hundred is a
share of 1 %, and may be nobody's fault.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """So many of so many went wrong."""

    bad: int
    every: int

    @property
    def rate(self) -> float | None:
        """The share; None where there is nothing to divide by."""
        return self.bad / self.every if self.every > 0 else None


def of_rates(sample: Sample, before: float | None, least: int) -> Outcome:
    """Pass, warn, fail, or not enough to say; without a baseline nothing can be compared."""
    rate = sample.rate
    if rate is None or sample.every < least or before is None:
        return Outcome.NO_DATA
    if sample.bad >= SURE and _has_grown(before, rate, MUCH_WORSE, CLEAR):
        return Outcome.BAD
    if sample.bad >= MORE_THAN_CHANCE and _has_grown(before, rate, WORSE, NOTICEABLE):
        return Outcome.DEGRADED
    return Outcome.OK


def _has_grown(before: float, rate: float, times: float, by: float) -> bool:
    nearly = rate + 1e-9  # 1.5 % is one and a half times 1 %, whatever binary fractions say
    return nearly >= before * times and nearly - before >= by


def of_issues(count: int, fails_from: int) -> Outcome:
    """Issues that nobody had seen before this version."""
    if count == 0:
        return Outcome.OK
    return Outcome.BAD if count >= fails_from else Outcome.DEGRADED


def of_lines(count: int, before: float | None, fails_from: int) -> Outcome:
    """Lines of a log that look like errors; where nobody counted them before, each is one more."""
    baseline = before or 0.0
    if count >= fails_from and count >= baseline * MUCH_WORSE:
        return Outcome.BAD
    return Outcome.DEGRADED if count > baseline else Outcome.OK


def of_uptime(up: float, before: float | None) -> Outcome:
    """The share of the time in which it was up; what is up again may have been down meanwhile."""
    return Outcome.OK if up >= (1.0 if before is None else before) else Outcome.DEGRADED
