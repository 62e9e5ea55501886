"""Inspections in the store: one row for each deployment whose database is looked at."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import insert, select, update

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.domain.deployments.inspections import Inspection
from bot.ports import Stale

_ADAPTER = TypeAdapter(Inspection)
_TABLE = tables.inspections
_SCALARS = tuple(field.name for field in fields(Inspection) if field.name != "steps")


class Inspections(Rows):
    """Inspections within one transaction."""

    def add_inspection(self, inspection: Inspection) -> None:
        self.connection.execute(insert(_TABLE), _row(inspection))

    def save_inspection(self, old: Inspection, new: Inspection) -> Inspection:
        saved = replace(new, deployment=old.deployment, revision=old.revision + 1)
        same = (_TABLE.c.deployment == old.deployment, _TABLE.c.revision == old.revision)
        if self.connection.execute(update(_TABLE).where(*same), _row(saved)).rowcount != 1:
            raise Stale(f"the inspection of D{old.deployment} has changed")
        return saved

    def inspection(self, deployment: int) -> Inspection | None:
        found = select(_TABLE).where(_TABLE.c.deployment == deployment)
        row = self.connection.execute(found).mappings().first()
        return _ADAPTER.validate_python(dict(row)) if row else None

    def inspections_due(self, now: datetime) -> tuple[int, ...]:
        due = select(_TABLE.c.deployment).where(tables.INSPECTION_IS_DUE, _TABLE.c.due_at <= now)
        return tuple(self.connection.scalars(due.order_by(_TABLE.c.due_at, _TABLE.c.deployment)))


def _row(inspection: Inspection) -> dict[str, Any]:
    nested: dict[str, Any] = _ADAPTER.dump_python(inspection, mode="json", include={"steps"})
    return {name: getattr(inspection, name) for name in _SCALARS} | nested
