"""Status post: what the public is told of an incident or a maintenance, and how far that came."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class Phase(StrEnum):
    """How far an incident or a maintenance is, for the public."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    MAINTENANCE = "maintenance"
    COMPLETED = "completed"

    @property
    def is_over(self) -> bool:
        """Whether the public is told that it is over."""
        return self in (Phase.RESOLVED, Phase.COMPLETED)


ONGOING = (Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING)
"""Those of an incident that is open."""


class Health(StrEnum):
    """How a part of the service is, for the public; the worst last."""

    OPERATIONAL = "operational"
    MAINTENANCE = "under_maintenance"
    DEGRADED = "degraded_performance"
    PARTIAL = "partial_outage"
    OUTAGE = "major_outage"


class PostState(StrEnum):
    """Whether the page says what it is to say."""

    WAITING = "waiting"
    RETRYING = "retrying"
    SHOWN = "shown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPost:
    """One post as stored: what it is to say, and what is known of it at the page.

    It is about an incident, or about the maintenance that a deployment is, which is over by
    `ends_at`. `lost` says that a try may have arrived; `posted` is its id at the page, once that is
    known.
    """

    id: int = 0
    revision: int = 0
    incident: int | None = None
    deployment: int | None = None
    title: str
    text: str
    phase: Phase
    health: Health
    state: PostState = PostState.WAITING
    attempts: int = 0
    lost: bool = False
    last_error: str = ""
    posted: str = ""
    url: str = ""
    by: str
    asked_at: datetime
    ends_at: datetime | None = None
    due_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether the public is told that it is over."""
        return self.phase.is_over

    def with_(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def saying(self, text: str, phase: Phase, health: Health, now: datetime, by: str) -> Self:
        """A copy that is to say something else; what is lost is still looked for, and a try that is
        under way not overtaken.
        """
        state = PostState.WAITING
        due_at = max(now, self.due_at) if self.lost and self.due_at else now
        new = {"text": text, "phase": phase, "health": health, "by": by}
        return self.with_(state=state, attempts=0, last_error="", due_at=due_at, **new)

    def ending(self, text: str, phase: Phase, now: datetime) -> Self:
        """A copy that is to say that it is over, unless nobody can have heard of it."""
        over = self.saying(text, phase, Health.OPERATIONAL, now, self.by)
        return over if self.posted or self.lost else over.shown()

    def begun(self, until: datetime) -> Self:
        """A copy that is being sent: what becomes of it is unknown until `until`."""
        return self.with_(lost=True, attempts=self.attempts + 1, due_at=until)

    def shown(self) -> Self:
        """A copy that the page shows, or needs not show: what is over and was never posted."""
        return self.with_(state=PostState.SHOWN, lost=False, last_error="", due_at=None)

    def again(self, now: datetime) -> Self:
        """A copy that is told once more: the page may not show what it is to show by now."""
        return self.shown().with_(state=PostState.WAITING, attempts=0, due_at=now)

    def put_off(self, why: str, due_at: datetime, *, lost: bool) -> Self:
        """A copy that is tried again."""
        state = PostState.RETRYING
        return self.with_(state=state, lost=lost, last_error=why, due_at=due_at)

    def failed(self, why: str, *, lost: bool = False) -> Self:
        """A copy that the page declined; `lost` says that an earlier try may have arrived."""
        state = PostState.FAILED
        return self.with_(state=state, lost=lost, last_error=why, due_at=None)
