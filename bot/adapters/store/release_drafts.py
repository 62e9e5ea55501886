"""ReleaseDrafts in the store: releases in the making, one row each."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import insert, select, update

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.domain.releases.release_drafts import ReleaseDraft
from bot.ports import Stale

_ADAPTER = TypeAdapter(ReleaseDraft)
_TABLE = tables.release_drafts
_COLUMNS = tuple(_TABLE.c[field.name] for field in fields(ReleaseDraft))
_SCALARS = tuple(c.name for c in _COLUMNS if c.name not in ("id", "commits"))


class ReleaseDrafts(Rows):
    """ReleaseDrafts within one transaction."""

    def add_release_draft(self, draft: ReleaseDraft) -> ReleaseDraft:
        row = _to_row(draft)
        new_id = self.connection.execute(insert(_TABLE).returning(_TABLE.c.id), row).scalar_one()
        return replace(draft, id=new_id)

    def save_release_draft(self, old: ReleaseDraft, new: ReleaseDraft) -> ReleaseDraft:
        saved = replace(new, id=old.id, revision=old.revision + 1)
        same = (_TABLE.c.id == old.id, _TABLE.c.revision == old.revision)
        if self.connection.execute(update(_TABLE).where(*same), _to_row(saved)).rowcount != 1:
            raise Stale(f"draft {old.id} is no longer at revision {old.revision}")
        return saved

    def release_draft(self, draft_id: int) -> ReleaseDraft | None:
        if draft_id > 2**31 - 1:
            return None
        found = self.connection.execute(select(*_COLUMNS).where(_TABLE.c.id == draft_id))
        row = found.mappings().first()
        return _ADAPTER.validate_python(dict(row)) if row else None

    def release_drafts_due(self, now: datetime) -> tuple[int, ...]:
        due = select(_TABLE.c.id).where(tables.DRAFT_IS_DUE, _TABLE.c.due_at <= now)
        return tuple(self.connection.scalars(due.order_by(_TABLE.c.due_at, _TABLE.c.id)))


def _to_row(draft: ReleaseDraft) -> dict[str, Any]:
    nested: dict[str, Any] = _ADAPTER.dump_python(draft, mode="json", include={"commits"})
    return {name: getattr(draft, name) for name in _SCALARS} | nested
