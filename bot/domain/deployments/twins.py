"""Twins: further runs of a request whose run is followed already; each of them is to be stopped."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Self

FORCE_AFTER = timedelta(minutes=5)
"""A twin that still goes on so long after GitHub was asked to stop it is stopped with force."""


class Wish(Enum):
    """What GitHub is to be asked about a twin that goes on."""

    STOP = auto()
    FORCE = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A second run of the same request.

    `asked_at` is when GitHub took it that it is to be stopped, `forced_at` with force; `trouble` is
    why that is not done yet.
    """

    run_id: int
    url: str = ""
    asked_at: datetime | None = None
    forced_at: datetime | None = None
    trouble: str = ""

    def wish(self, now: datetime) -> Wish:
        """What GitHub is to be asked now; it takes each wish once."""
        if self.asked_at is None:
            return Wish.STOP
        is_late = now - self.asked_at >= FORCE_AFTER
        return Wish.FORCE if is_late and self.forced_at is None else Wish.NOTHING

    def taken(self, wish: Wish, now: datetime) -> Self:
        """The same once GitHub took that wish."""
        forced_at = now if wish is Wish.FORCE else self.forced_at
        return replace(self, asked_at=self.asked_at or now, forced_at=forced_at, trouble="")
