"""Page: one wish to wake people for an incident, at one pager, and how far it came."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from bot.domain.incidents.incidents import UNRESTORED, Incident, Severity

ALARMING_AFTER = 3
"""So many failed tries, about fifteen seconds, and people are called in Slack as well."""


class PageState(StrEnum):
    """How far a page is. That a pager accepted it does not mean that anybody answered."""

    WAITING = "waiting"
    RETRYING = "retrying"
    ACCEPTED = "accepted"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as stored; an empty `pager` is a wish that no pager was told of yet.

    `ends` says that the alarm is to be taken back, `lost` that a try may have arrived, `by` who
    acknowledged. `due_at` is when the tick has to do something about it.
    """

    id: int = 0
    revision: int = 0
    incident: int
    pager: str = ""
    state: PageState = PageState.WAITING
    ends: bool = False
    attempts: int = 0
    lost: bool = False
    last_error: str = ""
    by: str = ""
    raised_at: datetime
    due_at: datetime | None

    @property
    def key(self) -> str:
        """What the pager knows it by, however often it is told."""
        return f"incident:{self.incident}"

    @property
    def is_open(self) -> bool:
        """Whether the pager has still to be told."""
        return self.state in (PageState.WAITING, PageState.RETRYING)

    def with_(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def begun(self, until: datetime) -> Self:
        """A copy that is being sent: what becomes of it is unknown until `until`."""
        return self.with_(lost=True, attempts=self.attempts + 1, due_at=until)

    def accepted(self, look_at: datetime | None) -> Self:
        """A copy that the pager took in."""
        state = PageState.OVER if self.ends else PageState.ACCEPTED
        due_at = None if self.ends else look_at
        return self.with_(state=state, lost=False, last_error="", due_at=due_at)

    def put_off(self, why: str, due_at: datetime, *, lost: bool) -> Self:
        """A copy that is tried again."""
        state = PageState.RETRYING
        return self.with_(state=state, lost=lost, last_error=why, due_at=due_at)

    def failed(self, why: str) -> Self:
        """A copy that is given up."""
        state = PageState.FAILED
        return self.with_(state=state, lost=False, last_error=why, due_at=None)

    def again(self, now: datetime, *, ends: bool) -> Self:
        """A copy with a new wish: to wake people, or to take that back. It does not overtake a try
        that is under way.
        """
        due_at = max(now, self.due_at) if self.lost and self.due_at else now
        fresh = {"state": PageState.WAITING, "attempts": 0, "lost": False, "last_error": ""}
        times = {"due_at": due_at} if ends else {"due_at": due_at, "raised_at": now, "by": ""}
        return self.with_(ends=ends, **fresh, **times)


def is_wanted(incident: Incident, severities: tuple[Severity, ...]) -> bool:
    """Whether people are to be woken for it now; never for a drill, or once users are served."""
    return incident.state in UNRESTORED and not incident.drill and incident.severity in severities
