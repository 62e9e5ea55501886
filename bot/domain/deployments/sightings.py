"""Sighting: what an environment told of itself last, and whether that is what should be there."""

from dataclasses import dataclass, replace
from datetime import datetime

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

    @property
    def is_drift(self) -> bool:
        """Whether it differs for long enough to be told."""
        return self.differs >= LOOKS


def after(
    before: Sighting, told: str | None, live: str, *, is_busy: bool, at: datetime
) -> Sighting:
    """The sighting after one more look; `live` is the version that should be there.

    An environment that tells nothing, or in which something is under way, proves nothing.
    """
    seen = replace(before, at=at)
    if told is None:
        return replace(seen, differs=0) if is_busy else seen
    if is_busy or not live or told == live:
        return replace(seen, told=told, differs=0)
    return replace(seen, told=told, differs=before.differs + 1)
