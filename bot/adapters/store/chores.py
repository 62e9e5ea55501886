"""Chores: which kinds of work may have something due, asked of the database in one statement."""

from typing import Any

from sqlalchemy import Table, bindparam, func, or_, select, true

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.ports import Chore

_NOW = bindparam("now", type_=tables.deployments.c.due_at.type)
_deployments, _outbox, _mirrors = tables.deployments, tables.outbox, tables.mirrors
_incidents, _audit, _seals = tables.incidents, tables.audit, tables.audit_seals


def _any(table: Table, *which: Any) -> Any:
    return select(true()).select_from(table).where(*which).exists()


def _due(table: Table, *which: Any) -> Any:
    return _any(table, *which, table.c.due_at <= _NOW)


_OF = {
    Chore.DEPLOYMENTS: _due(_deployments, tables.UNFINISHED),
    Chore.CARDS: _any(_deployments, tables.CARD_IS_STALE),
    Chore.POSTS: _due(_outbox, tables.OPEN_POST),
    Chore.LOCKS: _due(tables.locks, tables.HELD_LOCK),
    Chore.INCIDENTS: _due(_incidents),
    Chore.ROOMS: or_(
        _any(_incidents, tables.ROOM_IS_STALE), _any(_incidents, tables.ROOM_IS_TOUCHED)
    ),
    Chore.PAGES: _due(tables.pages),
    Chore.STATUS_POSTS: _due(tables.status_posts),
    Chore.OWN_CHANNELS: _due(tables.own_channels),
    Chore.MAINTENANCES: _any(tables.status_posts, tables.MAINTENANCE),
    Chore.POSTMORTEMS: _any(_incidents, _incidents.c.draft_due_at <= _NOW),
    Chore.MIRRORS: _any(
        _mirrors,
        tables.OPEN_MIRROR,
        or_(_mirrors.c.due_at.is_(None), _mirrors.c.due_at <= _NOW),
    ),
    Chore.TWINS: _due(tables.twin_looks),
    Chore.RELEASE_DRAFTS: _due(tables.release_drafts, tables.DRAFT_IS_DUE),
    Chore.REMEDIES: _due(tables.remedies, tables.REMEDY_IS_DUE),
    Chore.INSPECTIONS: _due(tables.inspections, tables.INSPECTION_IS_DUE),
    Chore.ANNOTATIONS: _due(tables.annotations, tables.ANNOTATION_IS_DUE),
    Chore.HOMES: _due(tables.homes),
    Chore.PICTURES: _due(tables.pictures),
    Chore.AUDIT: (
        select(func.max(_audit.c.id)).scalar_subquery()
        > select(func.coalesce(func.max(_seals.c.row_id), 0)).scalar_subquery()
    ),
}
_CHORES = select(*(some.label(chore) for chore, some in _OF.items()))


class Chores(Rows):
    """Kinds of work, as they are within one transaction."""

    def chores(self) -> frozenset[Chore]:
        found = self.connection.execute(_CHORES, {"now": self.now}).mappings().one()
        return frozenset(chore for chore in Chore if found[chore])
