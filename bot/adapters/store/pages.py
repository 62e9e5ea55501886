"""Pages in the store: a row for each pager of an incident."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from bot.adapters.store import tables
from bot.adapters.store.asides import Asides
from bot.domain.incidents.pages import Page, PageState
from bot.ports import Stale

_TABLE = tables.pages
_NAMES = tuple(field.name for field in fields(Page))


class Pages(Asides):
    """Pages within one transaction."""

    def add_page(self, page: Page) -> Page:
        new_id = self.connection.execute(insert(_TABLE).returning(_TABLE.c.id), _row(page))
        self._touch(page.incident)
        return replace(page, id=new_id.scalar_one())

    def save_page(self, old: Page, new: Page) -> Page:
        saved = replace(new, id=old.id, revision=old.revision + 1)
        unchanged = (_TABLE.c.id == old.id, _TABLE.c.revision == old.revision)
        changed = self.connection.execute(update(_TABLE).where(*unchanged).values(_row(saved)))
        if changed.rowcount != 1:
            raise Stale(f"page {old.id} is no longer at revision {old.revision}")
        self._touch(old.incident)
        return saved

    def page(self, page_id: int) -> Page | None:
        row = self.connection.execute(select(_TABLE).where(_TABLE.c.id == page_id)).mappings()
        return next(map(_page, row), None)

    def pages(self, incident_id: int) -> tuple[Page, ...]:
        wanted = select(_TABLE).where(_TABLE.c.incident == incident_id).order_by(_TABLE.c.id)
        return tuple(map(_page, self.connection.execute(wanted).mappings()))

    def pages_due(self, now: datetime) -> tuple[int, ...]:
        due = select(_TABLE.c.id).where(_TABLE.c.due_at <= now)
        return tuple(self.connection.scalars(due.order_by(_TABLE.c.due_at, _TABLE.c.id)))


def _row(page: Page) -> dict[str, Any]:
    return {name: getattr(page, name) for name in _NAMES if name != "id"}


def _page(row: RowMapping) -> Page:
    return Page(**{name: row[name] for name in _NAMES} | {"state": PageState(row["state"])})
