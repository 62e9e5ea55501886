"""incident.io: alarms by an alert source of kind HTTP."""

from bot.adapters.incident_io.pager import IncidentIo, connect

__all__ = ["IncidentIo", "connect"]
