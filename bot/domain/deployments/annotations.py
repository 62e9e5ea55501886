"""Annotation: that a version went live, as one outside system is told of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from bot.domain.deployments.deployments import Deployment

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
GIVE_UP = timedelta(hours=24)
"""What could not be told in this time is not told any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """The wish to tell one place of one deployment, once.

    `sent_at` is set while it is being told or the answer was lost, `told_at` when the place knows;
    `given_up` says why it never will.
    """

    deployment: int
    place: str
    revision: int = 0
    wished_at: datetime
    sent_at: datetime | None = None
    told_at: datetime | None = None
    given_up: str = ""
    due_at: datetime | None = None
    failures: int = 0

    def with_(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def told(self, now: datetime) -> Self:
        """The place knows."""
        return self.with_(told_at=now, due_at=None)

    def gave_up(self, why: str) -> Self:
        """It is not tried again."""
        return self.with_(given_up=why, due_at=None)

    def put_off(self, now: datetime, why: str, *, wait: float | None, is_lost: bool) -> Self:
        """It is tried again later, `wait` seconds at least, or given up; one whose answer `is_lost`
        is looked for then.
        """
        pause = min(FIRST_PAUSE * (1 << min(self.failures, 10)), LONGEST_PAUSE)
        due = now + max(pause, timedelta(seconds=wait or 0))
        if due - self.wished_at > GIVE_UP:
            return self.gave_up(why)
        sent = self.sent_at if is_lost else None
        return self.with_(due_at=due, sent_at=sent, failures=self.failures + 1)


def went_live(old: Deployment, new: Deployment) -> bool:
    """Whether a step brought its version live."""
    return old.live_at is None and new.live_at is not None and not new.dry_run
