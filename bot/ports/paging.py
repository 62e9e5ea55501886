"""The paging port: whoever wakes people, outside Slack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

Urgency = Literal["critical", "error", "warning", "info"]
PagerName = Literal["PagerDuty", "incident.io", "pager webhook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What a pager is told. The same `key` is the same alarm, however often it is sent; it is
    wanted since `at`.
    """

    key: str
    at: datetime
    summary: str
    urgency: Urgency
    source: str
    url: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How people stand to an alarm that rang at that time; `by` names who answered it."""

    state: Literal["triggered", "acknowledged", "resolved"]
    at: datetime
    by: str = ""


class Pager(Protocol):
    """One pager. That it took an alarm does not mean that it reached anybody.

    Writes raise Declined when sending the same again is of no use, and any other Fault when it is:
    the key keeps an alarm from ringing twice while it is open.
    """

    @property
    def name(self) -> PagerName: ...
    @property
    def sees_answers(self) -> bool:
        """Whether it can be asked who answered, and who is on call."""

    async def close(self) -> None:
        """Give the connections back."""

    async def examine(self) -> str:
        """What can be seen of it without waking anybody, as a clause. Raises Fault; Declined when
        its settings cannot be right.
        """

    async def trigger(self, alarm: Alarm) -> None:
        """Wake somebody."""

    async def resolve(self, alarm: Alarm) -> None:
        """Say that it is over; nothing happens where the alarm is not open."""

    async def on_call(self, policy: str) -> tuple[str, ...]:
        """The names of those whom it would wake first at this moment, by that escalation policy or,
        where none is named, by any. Raises Fault. Nobody asks one that does not see answers.
        """

    async def answered(self, key: str) -> Answered | None:
        """How people stand to it; None when the pager knows no such alarm. Raises Fault."""
