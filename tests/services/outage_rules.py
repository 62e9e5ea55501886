"""What the process says of an outage's clocks, states and promises, in words of this test's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.incidents.incidents import Incident

CADENCE = {"outage": 15, "major": 15, "moderate": 30, "minor": 60}
GOES_ON = ("investigating", "identified", "monitoring")
MOVES = {
    "investigating": {"identified", "monitoring", "restored", "resolved", "closed"},
    "identified": {"investigating", "monitoring", "restored", "resolved", "closed"},
    "monitoring": {"investigating", "identified", "restored", "resolved", "closed"},
    "restored": {"investigating", "resolved", "closed"},
    "resolved": {"investigating", "closed"},
    "closed": set[str](),
}
NO_OUTAGE = ("false_positive", "external", "cancelled")
CLOCKS = ("started_at", "detected_at", "restored_at", "resolved_at")


@dataclass
class Account:
    """What this test itself counts of one incident."""

    again_at: datetime | None = None
    kept: int = 0
    late: int = 0
    broken: bool = False
    """Whether a promise was broken that no person has answered yet."""

    def told(self, due_at: datetime, now: datetime) -> None:
        """A person told something, when it had been promised by `due_at`."""
        if self.broken or now > due_at:
            self.late += 1
        else:
            self.kept += 1
        self.broken = False


def is_in_order(i: Incident, latest: datetime) -> None:
    """No clock runs backwards, and none is ahead of every clock that there was."""
    order = [at for at in (i.started_at, i.restored_at, i.resolved_at, i.closed_at) if at]
    assert order == sorted(order)
    assert i.started_at <= i.declared_at and i.started_at <= (i.detected_at or i.started_at)
    assert max(order) <= latest
    ended = (i.restored_at, i.resolved_at, i.closed_at)
    if i.state in GOES_ON:
        assert ended == (None, None, None)
    if i.state in ("restored", "resolved"):
        assert (i.restored_at is not None, i.resolved_at is not None) == (
            True,
            i.state == "resolved",
        )
    assert (i.closed_at is not None) == (i.state == "closed")


def was_no_outage(every: Iterable[Incident], service: str) -> bool:
    """Whether people said of the last that its monitor reported, and of no other, that there is
    nothing to restore. That it is the same as another ends with that other.
    """
    known = {i.id: i for i in every}
    of_it = (i for i in known.values() if i.service == service and i.source)
    mine = (i for i in of_it if i.state not in GOES_ON)
    last = max(mine, key=lambda i: (i.restored_at or i.closed_at, i.id), default=None)
    if last is None or last.duplicate_of is None:
        return last is not None and last.closure in NO_OUTAGE
    while last.duplicate_of is not None:
        last = known[last.duplicate_of]
    return last.state in GOES_ON
