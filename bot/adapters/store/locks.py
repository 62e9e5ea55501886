"""Locks in the store: a row each, kept after it was opened; one of a kind for each place."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, or_, select, update

from bot.adapters.store import tables
from bot.adapters.store.deployments import MOST_ID
from bot.adapters.store.turns import Turns
from bot.domain.closures.locks import Lock, LockKind
from bot.ports import Stale

_TABLE = tables.locks
_NAMES = tuple(field.name for field in fields(Lock))
_BY_ID = select(_TABLE).where(_TABLE.c.id == bindparam("id"))
_HELD = (
    select(_TABLE)
    .where(
        tables.HELD_LOCK,
        or_(_TABLE.c.expires_at.is_(None), _TABLE.c.expires_at > bindparam("now")),
    )
    .order_by(_TABLE.c.id)
)
_DUE = (
    select(_TABLE.c.id)
    .where(tables.HELD_LOCK, _TABLE.c.due_at <= bindparam("now"))
    .order_by(_TABLE.c.id)
)


class Locks(Turns):
    """Locks within one transaction."""

    def add_lock(self, lock: Lock) -> Lock:
        self.take_turn(lock.service)
        new_id = self.connection.execute(insert(_TABLE).returning(_TABLE.c.id), _row(lock))
        return replace(lock, id=new_id.scalar_one())

    def save_lock(self, old: Lock, new: Lock) -> Lock:
        saved = replace(new, id=old.id, revision=old.revision + 1)
        unchanged = (_TABLE.c.id == old.id, _TABLE.c.revision == old.revision)
        changed = self.connection.execute(update(_TABLE).where(*unchanged).values(_row(saved)))
        if changed.rowcount != 1:
            raise Stale(f"{old.name} is no longer at revision {old.revision}")
        return saved

    def lock(self, lock_id: int) -> Lock | None:
        if lock_id > MOST_ID:
            return None
        row = self.connection.execute(_BY_ID, {"id": lock_id}).mappings().first()
        return None if row is None else _lock(row)

    def locks(self) -> tuple[Lock, ...]:
        return tuple(map(_lock, self.connection.execute(_HELD, {"now": self.now}).mappings()))

    def locks_on(self, service: str, environment: str) -> tuple[Lock, ...]:
        return tuple(lock for lock in self.locks() if lock.covers(service, environment))

    def locks_due(self, now: datetime) -> tuple[int, ...]:
        return self.firsts(_DUE, {"now": now})


def _row(lock: Lock) -> dict[str, Any]:
    return {name: getattr(lock, name) for name in _NAMES if name != "id"} | {"due_at": lock.due_at}


def _lock(row: RowMapping) -> Lock:
    return Lock(**{name: row[name] for name in _NAMES} | {"kind": LockKind(row["kind"])})
