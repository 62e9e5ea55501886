"""Remedies in the store: reverts, hotfixes and findings, one row each."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.domain.rollbacks.remedies import Remedy, RemedyKind, RemedyState
from bot.ports import Stale

_TABLE = tables.remedies
_NAMES = tuple(field.name for field in fields(Remedy))


class Remedies(Rows):
    """Remedies within one transaction."""

    def add_remedy(self, remedy: Remedy) -> Remedy:
        added = insert(_TABLE).returning(_TABLE.c.id)
        return replace(remedy, id=self.connection.execute(added, _row(remedy)).scalar_one())

    def save_remedy(self, old: Remedy, new: Remedy) -> Remedy:
        saved = replace(new, id=old.id, revision=old.revision + 1)
        same = (_TABLE.c.id == old.id, _TABLE.c.revision == old.revision)
        if self.connection.execute(update(_TABLE).where(*same), _row(saved)).rowcount != 1:
            raise Stale(f"remedy {old.id} is no longer at revision {old.revision}")
        return saved

    def remedy(self, remedy_id: int) -> Remedy | None:
        row = self.connection.execute(select(_TABLE).where(_TABLE.c.id == remedy_id)).mappings()
        return next(map(_remedy, row), None)

    def remedies_of(self, subject: str) -> tuple[Remedy, ...]:
        wanted = select(_TABLE).where(_TABLE.c.subject == subject).order_by(_TABLE.c.id)
        return tuple(map(_remedy, self.connection.execute(wanted).mappings()))

    def hurry_remedies(self, repo: str) -> None:
        waiting = (tables.REMEDY_IS_DUE, _TABLE.c.state == RemedyState.BRANCHED)
        here = update(_TABLE).where(*waiting, _TABLE.c.repo == repo)
        self.connection.execute(here.values(due_at=self.now))

    def remedies_due(self, now: datetime) -> tuple[int, ...]:
        due = select(_TABLE.c.id).where(tables.REMEDY_IS_DUE, _TABLE.c.due_at <= now)
        return tuple(self.connection.scalars(due.order_by(_TABLE.c.due_at, _TABLE.c.id)))


def _row(remedy: Remedy) -> dict[str, Any]:
    return {name: getattr(remedy, name) for name in _NAMES if name != "id"}


def _remedy(row: RowMapping) -> Remedy:
    words = {"kind": RemedyKind(row["kind"]), "state": RemedyState(row["state"])}
    return Remedy(**{name: row[name] for name in _NAMES} | words)
