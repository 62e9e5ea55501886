"""Status posts in the store: a row for each incident that the public is told of."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.domain.publishing import Health, Phase, PostState, StatusPost
from bot.ports import Stale

_TABLE = tables.status_posts
_NAMES = tuple(field.name for field in fields(StatusPost))


class StatusPosts(Rows):
    """Status posts within one transaction."""

    def add_status_post(self, post: StatusPost) -> StatusPost:
        new_id = self.connection.execute(insert(_TABLE).returning(_TABLE.c.id), _row(post))
        self._touch(post.incident)
        return replace(post, id=new_id.scalar_one())

    def save_status_post(self, old: StatusPost, new: StatusPost) -> StatusPost:
        saved = replace(new, id=old.id, revision=old.revision + 1)
        unchanged = (_TABLE.c.id == old.id, _TABLE.c.revision == old.revision)
        changed = self.connection.execute(update(_TABLE).where(*unchanged).values(_row(saved)))
        if changed.rowcount != 1:
            raise Stale(f"status post {old.id} is no longer at revision {old.revision}")
        self._touch(old.incident)
        return saved

    def status_post(self, incident_id: int) -> StatusPost | None:
        wanted = select(_TABLE).where(_TABLE.c.incident == incident_id)
        return next(map(_post, self.connection.execute(wanted).mappings()), None)

    def status_posts_due(self, now: datetime) -> tuple[int, ...]:
        due = select(_TABLE.c.incident).where(_TABLE.c.due_at <= now)
        return tuple(self.connection.scalars(due.order_by(_TABLE.c.due_at, _TABLE.c.id)))

    def _touch(self, incident_id: int) -> None:
        incidents = tables.incidents
        touched = update(incidents).where(incidents.c.id == incident_id)
        self.connection.execute(touched.values(touched=incidents.c.touched + 1))


def _row(post: StatusPost) -> dict[str, Any]:
    return {name: getattr(post, name) for name in _NAMES if name != "id"}


def _post(row: RowMapping) -> StatusPost:
    words = {
        "phase": Phase(row["phase"]),
        "health": Health(row["health"]),
        "state": PostState(row["state"]),
    }
    return StatusPost(**{name: row[name] for name in _NAMES} | words)
