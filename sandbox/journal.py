"""The journal: every request that the bot made or was sent, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sandbox.clock import Clock, iso
from sandbox.events import Events

Direction = Literal["from_bot", "to_bot"]


@dataclass
class Entry:
    """One request; `status` is filled in when an answer was sent."""

    at: datetime
    system: str
    direction: Direction
    method: str
    path: str
    body: object
    status: int | None

    def as_dict(self) -> dict[str, object]:
        return vars(self) | {"at": iso(self.at)}


class Journal:
    """Requests in the order in which they arrived or were sent."""

    def __init__(self, clock: Clock, events: Events) -> None:
        self._clock = clock
        self._events = events
        self._entries: list[Entry] = []

    def record(
        self,
        *,
        system: str,
        direction: Direction,
        method: str,
        path: str,
        body: object,
        status: int | None = None,
    ) -> Entry:
        """Write a request down; the caller may set the entry's status once it is known."""
        entry = Entry(self._clock.now(), system, direction, method, path, body, status)
        self._entries.append(entry)
        self._events.publish("journal", system=system)
        return entry

    def entries(
        self, system: str | None = None, method: str | None = None
    ) -> list[dict[str, object]]:
        """Entries of a system and an HTTP method, or all of them."""
        return [
            entry.as_dict()
            for entry in self._entries
            if system in (None, entry.system) and method in (None, entry.method)
        ]

    def all(self, system: str) -> list[Entry]:
        """Entries of a system as they are kept."""
        return [entry for entry in self._entries if entry.system == system]

    def clear(self) -> None:
        self._entries.clear()
