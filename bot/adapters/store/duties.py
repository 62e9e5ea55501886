"""Duties: when recurring work is due again, and the earliest time at which anything is."""

from datetime import datetime

from sqlalchemy import bindparam, case, func, select, update

from bot.adapters.store import tables
from bot.adapters.store.outbox import IN_LINE
from bot.adapters.store.rows import Rows

_TABLE = tables.duties
_WAITING = (
    tables.deployments,
    tables.outbox,
    tables.pages,
    tables.status_posts,
    tables.own_channels,
    tables.release_drafts,
    tables.mirrors,
    tables.remedies,
    tables.inspections,
    tables.annotations,
    tables.pictures,
    tables.twin_looks,
)

_deployments, _outbox, _incidents = tables.deployments, tables.outbox, tables.incidents
_homes, _pictures, _drafts = tables.homes, tables.pictures, tables.release_drafts
_DUTY = select(_TABLE.c.due_at).where(_TABLE.c.name == bindparam("name"))
# Most are not due, and a moment takes long to read.
_DUTIES = select(_TABLE.c.name, case((_TABLE.c.due_at <= bindparam("now"), _TABLE.c.due_at)))
_EARLIEST = select(
    *(
        earliest.scalar_subquery()
        for earliest in (
            select(func.min(_deployments.c.due_at)).where(tables.UNFINISHED),
            select(func.min(_outbox.c.due_at)).where(*IN_LINE),
            select(func.min(tables.locks.c.due_at)).where(tables.HELD_LOCK),
            select(func.min(_incidents.c.due_at)),
            select(func.min(_incidents.c.draft_due_at)),
            # Who just looked is waited for; keeping it fresh is done at the end.
            select(func.min(_homes.c.due_at)).where(_homes.c.due_at == _homes.c.opened_at),
            select(func.min(_pictures.c.due_at)),
            select(func.min(_drafts.c.due_at)).where(tables.DRAFT_IS_DUE),
            select(func.min(tables.pages.c.due_at)),
            select(func.min(tables.status_posts.c.due_at)),
            select(func.min(tables.own_channels.c.due_at)),
            select(func.min(tables.mirrors.c.due_at)).where(tables.OPEN_MIRROR),
            select(func.min(tables.twin_looks.c.due_at)),
            select(func.min(tables.remedies.c.due_at)).where(tables.REMEDY_IS_DUE),
            select(func.min(tables.inspections.c.due_at)).where(tables.INSPECTION_IS_DUE),
            select(func.min(tables.annotations.c.due_at)).where(tables.ANNOTATION_IS_DUE),
        )
    )
)


class Duties(Rows):
    """Due times within one transaction."""

    def duties(self) -> dict[str, datetime | None]:
        rows = self.connection.execute(_DUTIES, {"now": self.now})
        return {name: due_at for name, due_at in rows}

    def duty(self, name: str) -> datetime | None:
        return self.connection.scalar(_DUTY, {"name": name})

    def set_duty(self, name: str, due_at: datetime) -> None:
        self.put(_TABLE, {"name": name, "due_at": due_at})

    def bring_forward(self) -> None:
        for table in (_TABLE, *_WAITING):
            later = update(table).where(table.c.due_at > self.now)
            self.connection.execute(later.values(due_at=self.now))
        homes = update(_homes).where(_homes.c.opened_at > self.now)
        self.connection.execute(homes.values(opened_at=self.now, due_at=self.now))
        drafts = update(_incidents).where(_incidents.c.draft_due_at > self.now)
        self.connection.execute(drafts.values(draft_due_at=self.now))

    def next_due(self) -> datetime | None:
        times = self.connection.execute(_EARLIEST, {"now": self.now}).one()
        return min((time for time in times if time is not None), default=None)
