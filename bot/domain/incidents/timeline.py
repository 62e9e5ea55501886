"""Timeline: what happened in an incident, in the order in which it happened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.incidents.promise import Word


class What(StrEnum):
    """What kind of entry it is."""

    EVENT = "event"
    UPDATE = "update"
    NO_NEWS = "no_news"
    SNOOZE = "snooze"
    NOTE = "note"
    DOWN = "down"
    UP = "up"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry, never changed once it is stored. `by` is a Slack user id, or "gonogo".

    `due_at` is what had been promised when an update came. A note that was taken from a message
    has its `source`; what became of the message later are entries of their own with the same one.
    """

    incident: int
    occurred_at: datetime
    recorded_at: datetime
    what: What
    by: str
    text: str
    due_at: datetime | None = None
    source: str | None = None
    id: int = 0
    is_edited: bool = False
    is_deleted: bool = False

    @property
    def is_late(self) -> bool:
        """Whether it was written down later than in the minute in which it happened."""
        return (self.recorded_at - self.occurred_at).total_seconds() >= 60


def in_order(events: Sequence[Event]) -> tuple[Event, ...]:
    """The entries by the time at which they happened; notes as their messages read now."""
    shown: dict[object, Event] = {}
    for event in sorted(events, key=lambda e: e.id):
        key = event.source or event.id
        before = shown.get(key)
        if event.what in (What.EDITED, What.DELETED):
            if before is not None and event.what is What.DELETED:
                shown[key] = replace(before, is_deleted=True)
            elif before is not None:
                shown[key] = replace(before, text=event.text, is_edited=True)
        elif before is None:
            shown[key] = event
    return tuple(sorted(shown.values(), key=lambda e: (e.occurred_at, e.id)))


def is_down(events: Sequence[Event]) -> bool:
    """Whether the monitor that reports of it said last that it does not reach the service."""
    beats = [event.what for event in events if event.what in (What.DOWN, What.UP)]
    return beats[-1:] == [What.DOWN]


def words(events: Sequence[Event]) -> tuple[Word, ...]:
    """What was said to people, for the account of the promises."""
    said = (What.UPDATE, What.NO_NEWS, What.SNOOZE)
    return tuple(
        Word(
            at=event.recorded_at,
            due_at=event.due_at,
            by_person=event.what is not What.NO_NEWS,
            is_snooze=event.what is What.SNOOZE,
        )
        for event in sorted(events, key=lambda e: e.id)
        if event.what in said and event.due_at is not None
    )
