"""Page: one wish to wake people for an incident, at one pager, and how far it came."""

from collections.abc import Iterable
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
    acknowledged. `due_at` is when the tick has to do something about it. Where people are woken
    once more, that is a page of its own, the next `ringing`.
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
    ringing: int = 1

    @property
    def key(self) -> str:
        """What the pager knows it by, however often it is told. Each ringing has its own: what is
        acknowledged still, because its end did not get through, would swallow the next.
        """
        more = f":{self.ringing}" if self.ringing > 1 else ""
        return f"incident:{self.incident}{more}"

    @property
    def is_ringing(self) -> bool:
        """Whether people are, or will be, woken by it."""
        return not self.ends and self.state is not PageState.OVER

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

    def ended(self, now: datetime) -> Self:
        """A copy whose alarm is to be taken back. That does not overtake a try under way."""
        due_at = max(now, self.due_at) if self.lost and self.due_at else now
        fresh = {"state": PageState.WAITING, "attempts": 0, "lost": False, "last_error": ""}
        return self.with_(ends=True, due_at=due_at, **fresh)

    def anew(self, now: datetime, ringing: int) -> Self:
        """The wish to wake people by this pager once more."""
        fresh = {"state": PageState.WAITING, "attempts": 0, "lost": False, "last_error": ""}
        return self.with_(ends=False, by="", raised_at=now, due_at=now, ringing=ringing, **fresh)


def newest(pages: Iterable[Page]) -> tuple[Page, ...]:
    """The last ringing of each pager."""
    found = {page.pager: page for page in sorted(pages, key=lambda p: p.ringing)}
    return tuple(sorted(found.values(), key=lambda p: p.id))


def is_wanted(incident: Incident, severities: tuple[Severity, ...]) -> bool:
    """Whether people are to be woken for it now; never for a drill, or once users are served."""
    return incident.state in UNRESTORED and not incident.drill and incident.severity in severities
