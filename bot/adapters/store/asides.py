"""Asides: what stands on an incident's message without being the incident."""

from sqlalchemy import update

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows


class Asides(Rows):
    """Each change of one makes the message stale; and as it writes the incident's row, whoever
    changes one and whoever changes the incident do so one after the other.
    """

    def _touch(self, incident_id: int) -> None:
        incidents = tables.incidents
        touched = update(incidents).where(incidents.c.id == incident_id)
        self.connection.execute(touched.values(touched=incidents.c.touched + 1))
