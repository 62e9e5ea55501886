"""The local PagerDuty: one service, its integration, and the incidents that events open there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.seeds import Seed

ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")
LONGEST_KEY = 255
LONGEST_SUMMARY = 1024
SERVICE = "PSERVICE"
POLICY = "PPOLICY"
Status = Literal["triggered", "acknowledged", "resolved"]


@dataclass
class Incident:
    """What somebody is woken for; `changed_by` moved it to its present status."""

    number: int
    key: str
    payload: Mapping[str, Any]
    created: datetime
    changed: datetime
    status: Status = "triggered"
    changed_by: str = "Events API"
    acknowledgements: list[tuple[datetime, str]] = field(default_factory=list)
    events: int = 1

    @property
    def id(self) -> str:
        return f"Q{self.number:013d}"


class PagerDuty:
    """Incidents, newest last; of those that are open each has a key of its own."""

    def __init__(self, clock: Clock, events: Events, seed: Seed) -> None:
        self.routing_key = seed.secrets.pagerduty_routing_key
        self.token = seed.secrets.pagerduty_token
        self.incidents: list[Incident] = []
        self.on_call = [("dee", 1), ("bo", 2)]  # (who, at which level)
        self.changes: list[Mapping[str, Any]] = []
        self._clock = clock
        self._events = events

    def open(self, key: str) -> Incident | None:
        """The incident of that key that is not resolved."""
        return next((i for i in self.incidents if i.key == key and i.status != "resolved"), None)

    def take(self, event: Mapping[str, Any]) -> str:
        """An event that has no mistakes; its key."""
        key = str(event.get("dedup_key") or f"{len(self.incidents):032x}")
        found = self.open(key)
        match event["event_action"]:
            case "trigger" if found is None:
                now, number = self._clock.now(), len(self.incidents) + 1
                self.incidents.append(Incident(number, key, event["payload"], now, now))
            case "trigger":
                assert found is not None
                found.events += 1
            case "acknowledge" if found is not None:
                self._move(found, "acknowledged", "Events API")
            case "resolve" if found is not None:
                self._move(found, "resolved", "Events API")
        self._events.publish("pagerduty")
        return key

    def acknowledge(self, incident: Incident, by: str) -> None:
        """A person answers."""
        self._move(incident, "acknowledged", by)

    def resolve(self, incident: Incident, by: str) -> None:
        """A person closes it."""
        self._move(incident, "resolved", by)

    def _move(self, incident: Incident, status: Status, by: str) -> None:
        now = self._clock.now()
        incident.status, incident.changed, incident.changed_by = status, now, by
        # The list is empty whenever the incident is not acknowledged.
        others = incident.acknowledgements if status == "acknowledged" else []
        incident.acknowledgements = [*others, (now, by)] if status == "acknowledged" else []
        self._events.publish("pagerduty")


def mistakes(event: object) -> list[str]:
    """What is wrong with an event, as PagerDuty words it."""
    if not isinstance(event, dict):
        return ["Event object format is unrecognized"]
    found = []
    action, key, payload = (event.get(name) for name in ("event_action", "dedup_key", "payload"))
    if not event.get("routing_key"):
        found.append("'routing_key' is missing or blank")
    if action not in ACTIONS:
        found.append("'event_action' is missing or invalid")
    if action in ("acknowledge", "resolve") and not key:
        found.append("'dedup_key' is missing or blank")
    if key and len(str(key)) > LONGEST_KEY:
        found.append(f"'dedup_key' is longer than {LONGEST_KEY} characters")
    if action == "trigger":
        found += _payload_mistakes(payload)
    return found


def _payload_mistakes(payload: object) -> list[str]:
    if not isinstance(payload, dict):
        return ["'payload' is missing or blank"]
    found = [
        f"'payload.{name}' is missing or blank"
        for name in ("summary", "source", "severity")
        if not payload.get(name)
    ]
    if payload.get("severity") and payload["severity"] not in SEVERITIES:
        found.append("'payload.severity' is invalid (must be one of the following: 'critical', ")
        found[-1] += "'warning', 'error' or 'info')"
    if len(str(payload.get("summary", ""))) > LONGEST_SUMMARY:
        found.append(f"'payload.summary' is longer than {LONGEST_SUMMARY} characters")
    return found
