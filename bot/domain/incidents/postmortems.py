"""Post-mortem: which incidents are owed one, when it is due, and when its owner is reminded."""

from datetime import datetime, timedelta

from bot.domain.incidents.incidents import Incident, Severity, State

WITHIN = timedelta(hours=24)
"""After the incident was resolved, as the process asks."""

REMIND_BEFORE = timedelta(hours=4)
DAILY = timedelta(hours=24)
TO_ALL_AFTER = 5
"""The reminder from which on the channel is told: three days after it was due."""


def is_owed(incident: Incident) -> bool:
    """Whether somebody has to write one: not for a drill, and not for what was minor."""
    return not incident.drill and incident.severity is not Severity.MINOR


def next_reminder(incident: Incident) -> datetime | None:
    """When its owner is reminded next: four hours before it is due, then, and every day after."""
    found = incident.postmortem
    if incident.state is not State.RESOLVED or found is None:
        return None
    if found.due_at is None or found.published_at is not None:
        return None
    if found.reminded == 0:
        return found.due_at - REMIND_BEFORE
    return found.due_at + DAILY * (found.reminded - 1)


def reminders_by(due_at: datetime, now: datetime) -> int:
    """How many reminders belong to the time up to now; after a pause they are one message."""
    if now < due_at - REMIND_BEFORE:
        return 0
    if now < due_at:
        return 1
    return 2 + (now - due_at) // DAILY
