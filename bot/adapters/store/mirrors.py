"""Mirrors in the store: one row for each deployment that GitHub shows."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, or_, select, update

from bot.adapters.store import tables
from bot.adapters.store.deployments import SELECT, from_row
from bot.adapters.store.rows import Rows
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.mirrors import Mirror, Shown
from bot.ports import Stale

_TABLE = tables.mirrors
_COLUMNS = tuple(_TABLE.c[field.name] for field in fields(Mirror))
_LABELLED = tuple(column.label(f"mirror_{column.name}") for column in _COLUMNS)
_OPEN = (
    SELECT.add_columns(*_LABELLED)
    .join(_TABLE, _TABLE.c.deployment == tables.deployments.c.id)
    .where(tables.OPEN_MIRROR, or_(_TABLE.c.due_at.is_(None), _TABLE.c.due_at <= bindparam("now")))
    .order_by(_TABLE.c.deployment)
)


class Mirrors(Rows):
    """Mirrors within one transaction."""

    def mirror(self, deployment_id: int) -> Mirror | None:
        wanted = select(*_COLUMNS).where(_TABLE.c.deployment == deployment_id)
        row = self.connection.execute(wanted).mappings().first()
        return _from_row(dict(row)) if row else None

    def add_mirror(self, mirror: Mirror) -> None:
        self.insert_new(_TABLE, _row(mirror))

    def save_mirror(self, old: Mirror, new: Mirror) -> Mirror:
        saved = replace(new, deployment=old.deployment)
        same = (
            _TABLE.c.deployment == old.deployment,
            _TABLE.c.due_at.is_not_distinct_from(old.due_at),
        )
        if self.connection.execute(update(_TABLE).where(*same), _row(saved)).rowcount != 1:
            raise Stale(f"the mirror of D{old.deployment} is somebody else's now")
        return saved

    def mirrors_open(self, now: datetime) -> tuple[tuple[Deployment, Mirror], ...]:
        rows = self.connection.execute(_OPEN, {"now": now})
        return tuple((from_row(row), _of(row._mapping)) for row in rows)

    def mirrors_live(self, repo: str, environment: str) -> tuple[Mirror, ...]:
        here = (_TABLE.c.repo == repo, _TABLE.c.environment == environment)
        live = select(*_COLUMNS).where(*here, _TABLE.c.shown == str(Shown.SUCCESS))
        rows = self.connection.execute(live.order_by(_TABLE.c.deployment)).mappings()
        return tuple(_from_row(dict(row)) for row in rows)


def _row(mirror: Mirror) -> dict[str, Any]:
    return asdict(mirror) | {"shown": str(mirror.shown)}


def _from_row(row: Mapping[Any, Any]) -> Mirror:
    return Mirror(**{**row, "shown": Shown(row["shown"])})


def _of(row: RowMapping) -> Mirror:
    """The mirror beside a deployment."""
    return _from_row({column.name: row[f"mirror_{column.name}"] for column in _COLUMNS})
