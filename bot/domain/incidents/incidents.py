"""Incident: an outage or a degradation; its severity, its states and moves, and who leads it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from bot.domain.metrics.history import CauseState, Closure


class Severity(StrEnum):
    """How bad it is, which decides what is done: roll back, hasten a hotfix, or wait."""

    OUTAGE = "outage"
    MAJOR = "major"
    MODERATE = "moderate"
    MINOR = "minor"

    @property
    def freezes(self) -> bool:
        """Whether nothing but what ends it may go to production."""
        return self in (Severity.OUTAGE, Severity.MAJOR)

    def is_worse_than(self, other: "Severity") -> bool:
        """Whether this one is the worse of two."""
        order = list(Severity)
        return order.index(self) < order.index(other)


class State(StrEnum):
    """Where an incident is."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESTORED = "restored"
    RESOLVED = "resolved"
    CLOSED = "closed"


S = State
OPEN = (S.INVESTIGATING, S.IDENTIFIED, S.MONITORING, S.RESTORED)
"""States in which people are owed news."""

UNRESTORED = (S.INVESTIGATING, S.IDENTIFIED, S.MONITORING)
_OVER = frozenset({S.RESTORED, S.RESOLVED, S.CLOSED})

TRANSITIONS: dict[State, frozenset[State]] = {
    S.INVESTIGATING: frozenset({S.IDENTIFIED, S.MONITORING}) | _OVER,
    S.IDENTIFIED: frozenset({S.INVESTIGATING, S.MONITORING}) | _OVER,
    S.MONITORING: frozenset({S.INVESTIGATING, S.IDENTIFIED}) | _OVER,
    S.RESTORED: frozenset({S.INVESTIGATING, S.RESOLVED, S.CLOSED}),
    S.RESOLVED: frozenset({S.INVESTIGATING, S.CLOSED}),
    S.CLOSED: frozenset(),
}


def number_in(name: str) -> int:
    """The number in INC-7; 0 where there is none."""
    digits = name.rpartition("-")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmortem:
    """What is known of the post-mortem; `reminded` counts the reminders that went out.

    `assigned` are the logins that the bot has assigned at GitHub, `trouble` says why there is no
    draft yet, or why it is not its owner's.
    """

    number: int | None = None
    url: str | None = None
    assigned: tuple[str, ...] = ()
    due_at: datetime | None = None
    reminded: int = 0
    published_at: datetime | None = None
    published_by: str | None = None
    trouble: str = ""

    def with_(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident as stored; all times aware UTC, people as Slack user ids.

    `revision` counts the changes and makes every update a compare-and-set. `cause` is the id of a
    deployment, `cause_why` what speaks for it, `ruled_out` those that people excluded.
    `promised_at` is when the next update is due, `asked` how far its owner was reminded of it,
    `informed_at` when people were told something last. `due_at` is when the tick has to look
    again, `draft_due_at` when it has to deal with the post-mortem at GitHub.
    `followed_up_by` names the deployment that a minor incident was mended with. `duplicate_of` is
    the id of what people said that it is a duplicate of, when they closed it. `source` is the
    monitor that reported it, if one did, and `alerts` how often; `up_at` is when that monitor saw
    it up last, until people are called again. `again_at` is when it broke again, if it did.
    `comms` tells people, where the lead has given that away; `urged` says that whether to roll
    back was asked.
    """

    id: int = 0
    revision: int = 0
    service: str
    severity: Severity
    title: str
    impact: str
    affected: str = ""
    eta: str = ""
    state: State = State.INVESTIGATING
    drill: bool = False
    declared_by: str
    lead: str | None = None
    comms: str | None = None

    declared_at: datetime
    started_at: datetime
    detected_at: datetime | None = None
    restored_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None

    cause: str | None = None
    cause_state: CauseState = CauseState.NONE
    cause_why: str = ""
    ruled_out: tuple[str, ...] = ()
    closure: Closure | None = None
    duplicate_of: int | None = None
    followed_up_by: str | None = None
    source: str = ""
    alerts: int = 0
    up_at: datetime | None = None
    again_at: datetime | None = None

    promised_at: datetime | None = None
    asked: int = 0
    urged: bool = False
    informed_at: datetime | None = None

    postmortem: Postmortem | None = None
    due_at: datetime | None = None
    draft_due_at: datetime | None = None

    @property
    def name(self) -> str:
        """The id as people read it: INC-7."""
        return f"INC-{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether people are owed news."""
        return self.state in OPEN

    @property
    def freezes(self) -> bool:
        """Whether production is frozen because of it."""
        return self.is_open and self.severity.freezes and not self.drill

    @property
    def can_wait(self) -> bool:
        """Whether it is one of which people need not hear again and again: users are served, or
        hardly notice.
        """
        return self.state not in UNRESTORED or self.severity is Severity.MINOR

    @property
    def broke_at(self) -> datetime:
        """When it broke last: what was live by then may be the cause."""
        return max(self.started_at, self.again_at or self.started_at)

    @property
    def owner(self) -> str:
        """Who answers for it: the lead, until there is one whoever opened it."""
        return self.lead or self.declared_by

    @property
    def speaker(self) -> str:
        """Who sees to it that people hear of it."""
        return self.comms or self.owner

    def with_(self, **changes: Any) -> Self:
        """A copy with some fields changed; the state only moves by `to`."""
        if "state" in changes:
            raise ValueError("use to() to move an incident")
        return replace(self, **changes)

    def to(self, state: State, at: datetime, **changes: Any) -> Self:
        """A copy moved to `state`, with the clocks that belong to it; none of them runs backwards,
        whatever was set back in between.

        Raises ValueError when the transition table has no such move.
        """
        if state not in TRANSITIONS[self.state]:
            raise ValueError(f"{self.name} cannot go from {self.state} to {state}")
        moved: dict[str, Any] = {"state": state}
        match state:
            case State.RESTORED:
                moved |= {"restored_at": max(at, self.started_at)}
            case State.RESOLVED:
                restored_at = self.restored_at or max(at, self.started_at)
                moved |= {"restored_at": restored_at, "resolved_at": max(at, restored_at)}
            case State.CLOSED:
                ended_at = self.resolved_at or self.restored_at or self.declared_at
                moved |= {"closed_at": max(at, ended_at)}
            case _:  # where it was over it is open again, and its clocks run on
                moved |= {"restored_at": None, "resolved_at": None, "closure": None}
        return replace(self, **(moved | changes))
