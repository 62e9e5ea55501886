"""Maintenances: spans of time that Uptime Kuma was told of, with the ways of its handlers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.clock import Clock
from sandbox.kuma.posts import Refused

Json = dict[str, Any]
COPIED = ("title", "description", "strategy", "intervalDay", "weekdays", "daysOfMonth", "cron")


@dataclass
class Maintenance:
    """One of strategy `single`, in UTC; `pages` are those that show it."""

    id: int
    told: Json = field(default_factory=dict)
    active: bool = True
    pages: list[int] = field(default_factory=list)

    def status(self, now: datetime) -> str:
        """What it is called at that time."""
        begins, ends = (datetime.fromisoformat(at).replace(tzinfo=UTC) for at in self._span())
        if not self.active:
            return "inactive"
        if now < begins:
            return "scheduled"
        return "ended" if now > ends else "under-maintenance"

    def public(self, now: datetime) -> Json:
        """As it is shown."""
        span = self._span()
        return {
            "id": self.id,
            **{name: self.told.get(name) for name in COPIED},
            "active": self.active,
            "dateRange": span,
            "timeRange": [{"hours": 0, "minutes": 0}] * 2,
            "timeslotList": [{"startDate": span[0], "endDate": span[1]}],
            "durationMinutes": None,
            "timezone": "UTC",
            "timezoneOption": "UTC",
            "timezoneOffset": "+00:00",
            "status": self.status(now),
        }

    def _span(self) -> list[str]:
        return [str(at) for at in self.told["dateRange"]]


class Maintenances:
    """Every maintenance there is, oldest first. Whoever adds one twice has two."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.every: list[Maintenance] = []

    def add(self, told: Mapping[str, Any]) -> int:
        """A new one, which no page shows yet. Raises Refused."""
        made = Maintenance(len(self.every) + 1)
        _set(made, told)
        self.every.append(made)
        return made.id

    def edit(self, told: Mapping[str, Any]) -> int:
        """All of it at once, whether it is active, too. Raises Refused."""
        found = self._find(told.get("id"), "Cannot read properties of undefined")
        _set(found, told)
        return found.id

    def put_on(self, id: object, pages: Iterable[Mapping[str, Any]]) -> None:
        """On these pages and no others; nobody looks whether it is there."""
        for one in self.every:
            if one.id == id:
                one.pages = [int(page["id"]) for page in pages]

    def pause(self, id: object) -> None:
        """Raises Refused."""
        self._find(id, "Maintenance not found").active = False

    def on_page(self) -> list[Json]:
        """What the page shows: those that are on it and under way."""
        now = self._clock.now()
        shown = (one.public(now) for one in self.every if one.pages)
        return [one for one in shown if one["status"] == "under-maintenance"]

    def listed(self) -> Json:
        """As the dashboard is told of them: by their ids."""
        return {str(one.id): one.public(self._clock.now()) for one in self.every}

    def _find(self, id: object, msg: str) -> Maintenance:
        found = next((one for one in self.every if one.id == id), None)
        if found is None:
            raise Refused(msg)
        return found


def _set(one: Maintenance, told: Mapping[str, Any]) -> None:
    for name, at in zip(("start", "end"), told["dateRange"], strict=True):
        try:
            datetime.fromisoformat(at)
        except ValueError:
            raise Refused(f"Invalid {name} date") from None
    one.told, one.active = dict(told), bool(told["active"])
