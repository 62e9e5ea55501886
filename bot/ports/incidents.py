"""The incidents' part of the store port."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.incidents.incidents import Incident
from bot.domain.incidents.timeline import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What Slack was last told of an incident: its root message and the suspect in its thread, as
    digests by the key of the message. `touched` counts the changes beside the incident itself.
    """

    incident: int
    shown: dict[str, str]
    shown_at: datetime | None
    touched: int = 0


class IncidentTx(Protocol):
    """Incidents within one transaction."""

    def add_incident(self, incident: Incident) -> Incident:
        """Insert an incident; it comes back with its id. Of two of one service that are opened at
        once, the later is decided on anew beside the first.
        """

    def save_incident(self, old: Incident, new: Incident) -> Incident:
        """Replace `old` by `new` if nobody else did; it comes back with the next revision."""

    def incident(self, incident_id: int) -> Incident | None:
        """One that was opened here; None for one that was imported."""

    def open_incidents(self) -> tuple[Incident, ...]:
        """Those that are not resolved yet, oldest first."""

    def resolved_incidents(self) -> tuple[Incident, ...]:
        """Those that are resolved and not closed yet, oldest first."""

    def last_over(self, source: str) -> Incident | None:
        """Of those that this monitor reported and that are resolved or closed, the one that ended
        last.
        """

    def incidents_by(self, deployment: str) -> tuple[Incident, ...]:
        """Those whose cause that deployment is, or is suspected to be, oldest first; no drills."""

    def incidents_of(self, service: str, since: datetime) -> tuple[Incident, ...]:
        """Those of that service that are open, were declared since or were reported down since,
        whatever became of them; no drills.
        """

    def follow_ups(self, service: str) -> tuple[Incident, ...]:
        """The minor incidents of that service which no deployment has followed up yet."""

    def incidents_due(self, now: datetime) -> tuple[int, ...]: ...
    def drafts_due(self, now: datetime) -> tuple[int, ...]:
        """Ids of incidents whose post-mortem something has to be done about at GitHub."""

    def stale_rooms(self) -> tuple[Room, ...]:
        """Those of incidents that changed since their messages were shown; not where one of them is
        on its way.
        """

    def room(self, incident_id: int) -> Room:
        """What is shown of it."""

    def show_room(self, incident_id: int, revision: int, room: Room) -> None:
        """Note what is shown."""

    def add_event(self, event: Event) -> None: ...
    def events(self, incident_id: int) -> tuple[Event, ...]:
        """Every entry of the timeline as it was recorded."""

    def events_from(self, source: str) -> tuple[Event, ...]:
        """The entries that were taken from that message, in all incidents."""

    def incident_at(self, channel: str, ts: str) -> int | None:
        """The incident whose root message stands there."""

    def withdraw(self, keys: str) -> None:
        """Take back what is still to be sent under keys that begin so, and what may have gone out:
        it is not wanted once more.
        """
