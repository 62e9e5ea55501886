"""Stops: a person stops waiting for a run that has not begun its work, or has one stopped that
hangs in it, and it is cancelled.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Self

FORCE_AFTER = timedelta(minutes=1)
"""What has begun nothing has nothing to tidy up: so long after GitHub was asked to cancel it, it is
asked with force.
"""

GIVE_UP_AFTER = timedelta(minutes=3)
"""What still waits so long after that is a person's to look at."""


BEGUN_FORCE_AFTER, BEGUN_GIVE_UP_AFTER = timedelta(minutes=5), timedelta(minutes=10)
"""The same of a run that has begun, which may have to tidy up."""


class Wish(Enum):
    """What becomes of the run now."""

    CANCEL = auto()
    FORCE = auto()
    DROP = auto()
    LOOK = auto()
    GIVE_UP = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Somebody's wish that `run` is cancelled, also where it has `begun` its work.

    `asked_at` is when GitHub was first to be asked, `forced_at` with force, each committed before;
    `trouble` is why it was not taken.
    """

    by: str
    run: int
    asked_at: datetime | None = None
    forced_at: datetime | None = None
    trouble: str = ""
    begun: bool = False

    def wish(self, waits: int | None, now: datetime) -> Wish:
        """What is due, when the run was just seen; `waits` is the one that has not begun its work.

        What began by itself before it was cancelled is left alone, unless just that is wished: half
        a switch is worse.
        """
        if waits is None and not self.begun:
            return Wish.DROP
        if waits not in (None, self.run) or self.asked_at is None:
            return Wish.CANCEL
        since = now - self.asked_at
        if since >= (BEGUN_GIVE_UP_AFTER if self.begun else GIVE_UP_AFTER):
            return Wish.GIVE_UP
        force_after = BEGUN_FORCE_AFTER if self.begun else FORCE_AFTER
        if since >= force_after and (self.forced_at is None or self.trouble):
            return Wish.FORCE
        return Wish.CANCEL if self.trouble else Wish.LOOK

    def asking(self, waits: int, wish: Wish, now: datetime) -> Self:
        """The same when GitHub is about to be asked; of a run that turned up since, from anew."""
        if waits != self.run:
            return replace(self, run=waits, asked_at=now, forced_at=None, trouble="")
        forced_at = now if wish is Wish.FORCE else self.forced_at
        return replace(self, asked_at=self.asked_at or now, forced_at=forced_at, trouble="")
