"""Sighting: what an environment told of itself last, and whether that is what should be there."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MOST_SAMPLES = 50
LOST_SIGHT = timedelta(minutes=5)
"""After a longer pause nobody knows how fast it was meanwhile."""

LOOKS = 3
"""So many looks in a row have to differ before it is called drift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One environment as it was seen last.

    `told` is the version that it told, `commit` the commit of that as far as it is known; both
    are empty where nothing is. `differs` counts the looks in a row at which it told another
    version than the live one, `alarm` is the key of the alert that is open about it.

    `ahead` and `behind` count the commits that this has and lacks against production; `base` says
    between which two they were counted.

    `samples` are how many milliseconds the newest answers of this version took.
    """

    service: str
    environment: str
    at: datetime
    told: str = ""
    commit: str = ""
    differs: int = 0
    alarm: str = ""
    base: str = ""
    ahead: int | None = None
    behind: int | None = None
    samples: tuple[float, ...] = ()

    @property
    def is_drift(self) -> bool:
        """Whether it differs for long enough to be told."""
        return self.differs >= LOOKS


def after(
    before: Sighting,
    told: str | None,
    live: str,
    *,
    is_busy: bool,
    at: datetime,
    ms: float | None = None,
) -> Sighting:
    """The sighting after one more look; `live` is the version that should be there.

    An environment that tells nothing, or in which something is under way, proves nothing.
    """
    seen = replace(before, at=at, samples=_samples(before, told, at, ms, is_busy=is_busy))
    if told is None:
        return replace(seen, differs=0) if is_busy else seen
    if is_busy or not live or told == live:
        return replace(seen, told=told, differs=0)
    return replace(seen, told=told, differs=before.differs + 1)


def _samples(
    before: Sighting, told: str | None, at: datetime, ms: float | None, *, is_busy: bool
) -> tuple[float, ...]:
    """With one more, for as long as the same version answers and nothing is under way."""
    is_anew = told is not None and told != before.told
    if is_busy or is_anew or not timedelta(0) <= at - before.at <= LOST_SIGHT:
        return () if is_busy or ms is None else (ms,)
    return before.samples if ms is None else (*before.samples, ms)[-MOST_SAMPLES:]
