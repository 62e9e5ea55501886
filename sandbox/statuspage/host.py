"""The local Statuspage: one page with a component for each service, and its incidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.github.git import digest
from sandbox.seeds import Seed

PAGE = "kctbh9vrtdwd"
STATUSES = ("investigating", "identified", "monitoring", "resolved")
SCHEDULED = ("scheduled", "in_progress", "verifying", "completed")
"""Those of a maintenance, which has the times between which it is."""

IMPACTS = ("none", "maintenance", "minor", "major", "critical")
BY_ITSELF = (
    "scheduled_auto_in_progress",
    "scheduled_auto_completed",
    "auto_transition_to_maintenance_state",
    "auto_transition_to_operational_state",
)
"""What a maintenance may do when its time comes; it is kept, and nothing is done here."""

HEALTHS = (
    "operational",
    "degraded_performance",
    "partial_outage",
    "major_outage",
    "under_maintenance",
)
LONGEST_NAME = 255


class Invalid(Exception):
    """Answered with 422; each of `errors` is a sentence."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


@dataclass
class Component:
    """A part of the service; its status is what was set last, by whichever incident."""

    id: str
    name: str
    created: datetime
    updated: datetime
    position: int
    status: str = "operational"


@dataclass
class Update:
    """One thing that was said; everybody who subscribed got it by mail."""

    id: str
    status: str
    body: str
    at: datetime
    affected: list[dict[str, str]]


@dataclass
class Incident:
    """An incident with its updates, newest first."""

    id: str
    name: str
    status: str
    created: datetime
    updated: datetime
    impact: str = "none"
    impact_override: str | None = None
    component_ids: list[str] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    monitoring: datetime | None = None
    resolved: datetime | None = None
    scheduled: tuple[str | None, str | None] = (None, None)
    by_itself: dict[str, bool] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)


class Statuspage:
    """Incidents, newest last; `mails` counts what its subscribers got."""

    def __init__(self, clock: Clock, events: Events, seed: Seed) -> None:
        self.key = seed.secrets.statuspage_key
        self.incidents: list[Incident] = []
        self.mails = 0
        self._clock = clock
        self._events = events
        now = clock.now()
        self.components = {
            component_id(service): Component(component_id(service), service, now, now, number)
            for number, service in enumerate(seed.services, 1)
        }

    def find(self, id: str) -> Incident | None:
        return next((one for one in self.incidents if one.id == id), None)

    def create(self, told: Mapping[str, Any]) -> Incident:
        """Raises Invalid."""
        if not told.get("name"):
            raise Invalid(["Name can't be blank"])
        self._check(told)
        between = (told.get("scheduled_for"), told.get("scheduled_until"))
        if told.get("status") in SCHEDULED and not all(between):
            raise Invalid(["Scheduled for can't be blank", "Scheduled until can't be blank"])
        now = self._clock.now()
        id = digest("statuspage", str(len(self.incidents)))[:12]
        made = Incident(id, str(told["name"]), "investigating", now, now)
        made.scheduled = between
        made.by_itself = {name: bool(told.get(name)) for name in BY_ITSELF}
        self._apply(made, told, first=True)
        self.incidents.append(made)
        return made

    def update(self, incident: Incident, told: Mapping[str, Any]) -> None:
        """Raises Invalid."""
        self._check(told)
        self._apply(incident, told, first=False)

    def _check(self, told: Mapping[str, Any]) -> None:
        health = told.get("components") or {}
        named = [*(told.get("component_ids") or ()), *health]
        wrong = [f"Component {id} was not found" for id in named if id not in self.components]
        wrong += [
            f"{one} is not a valid component status"
            for one in health.values()
            if one not in HEALTHS
        ]
        if told.get("status", STATUSES[0]) not in (*STATUSES, *SCHEDULED):
            wrong.append("Status is not included in the list")
        if (told.get("impact_override") or "none") not in IMPACTS:
            wrong.append("Impact override is not included in the list")
        if len(str(told.get("name", ""))) > LONGEST_NAME:
            wrong.append(f"Name is too long (maximum is {LONGEST_NAME} characters)")
        if wrong:
            raise Invalid(wrong)

    def _apply(self, incident: Incident, told: Mapping[str, Any], *, first: bool) -> None:
        now = self._clock.now()
        incident.updated = now
        incident.name = str(told.get("name") or incident.name)
        incident.status = str(told.get("status") or incident.status)
        incident.impact_override = told.get("impact_override") or incident.impact_override
        incident.impact = incident.impact_override or incident.impact
        incident.metadata = told.get("metadata") or incident.metadata
        if "component_ids" in told:
            incident.component_ids = list(told["component_ids"])
        affected = [self._set(id, status) for id, status in (told.get("components") or {}).items()]
        if incident.status == "monitoring":
            incident.monitoring = incident.monitoring or now
        if incident.status in ("resolved", "completed"):
            incident.resolved = incident.resolved or now
        if first or told.get("body") or told.get("status"):
            id = digest(incident.id, str(len(incident.updates)))[:12]
            body = str(told.get("body") or "")
            incident.updates.insert(0, Update(id, incident.status, body, now, affected))
            self.mails += told.get("deliver_notifications", True) is not False
        self._events.publish("statuspage")

    def _set(self, id: str, status: str) -> dict[str, str]:
        component = self.components[id]
        before, component.status, component.updated = component.status, status, self._clock.now()
        return {"code": id, "name": component.name, "old_status": before, "new_status": status}


def component_id(service: str) -> str:
    """The id of the component of a service."""
    return digest("component", service)[:12]
