"""Sightings in the store: one row for each service and environment."""

from dataclasses import fields

from sqlalchemy import RowMapping, select

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.domain.deployments.sightings import Sighting

_TABLE = tables.sightings
_NAMES = tuple(field.name for field in fields(Sighting))


class Sightings(Rows):
    """Sightings within one transaction."""

    def sighting(self, service: str, environment: str) -> Sighting | None:
        here = (_TABLE.c.service == service, _TABLE.c.environment == environment)
        row = self.connection.execute(select(_TABLE).where(*here)).mappings().first()
        return None if row is None else as_sighting(row)

    def keep_sighting(self, sighting: Sighting) -> None:
        self.put(_TABLE, {name: getattr(sighting, name) for name in _NAMES})


def as_sighting(row: RowMapping) -> Sighting:
    """The sighting in a row of the table."""
    return Sighting(**{**row, "samples": tuple(row["samples"])})
