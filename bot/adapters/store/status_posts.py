"""Status posts in the store: a row for each incident or maintenance that the public is told of."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, insert, select, update

from bot.adapters.store import tables
from bot.adapters.store.asides import Asides
from bot.domain.incidents.publishing import Health, Phase, PostState, StatusPost
from bot.ports import Stale

_TABLE = tables.status_posts
_NAMES = tuple(field.name for field in fields(StatusPost))


class StatusPosts(Asides):
    """Status posts within one transaction."""

    def add_status_post(self, post: StatusPost) -> StatusPost:
        new_id = self.connection.execute(insert(_TABLE).returning(_TABLE.c.id), _row(post))
        if post.incident is not None:
            self._touch(post.incident)
        return replace(post, id=new_id.scalar_one())

    def save_status_post(self, old: StatusPost, new: StatusPost) -> StatusPost:
        saved = replace(new, id=old.id, revision=old.revision + 1)
        unchanged = (_TABLE.c.id == old.id, _TABLE.c.revision == old.revision)
        changed = self.connection.execute(update(_TABLE).where(*unchanged).values(_row(saved)))
        if changed.rowcount != 1:
            raise Stale(f"status post {old.id} is no longer at revision {old.revision}")
        if old.incident is not None:
            self._touch(old.incident)
        return saved

    def status_post(self, incident_id: int) -> StatusPost | None:
        return self._one(_TABLE.c.incident == incident_id)

    def maintenance(self, deployment_id: int) -> StatusPost | None:
        return self._one(_TABLE.c.deployment == deployment_id)

    def status_post_by_id(self, post_id: int) -> StatusPost | None:
        return self._one(_TABLE.c.id == post_id)

    def maintenances(self) -> tuple[StatusPost, ...]:
        open_ones = select(_TABLE).where(tables.MAINTENANCE).order_by(_TABLE.c.id)
        return tuple(map(_post, self.connection.execute(open_ones).mappings()))

    def maintenances_over(self) -> tuple[int, ...]:
        unfinished = select(tables.deployments.c.id).where(tables.UNFINISHED)
        over = select(_TABLE.c.deployment).where(
            tables.MAINTENANCE, _TABLE.c.deployment.not_in(unfinished)
        )
        return tuple(self.connection.scalars(over.order_by(_TABLE.c.id)))

    def status_posts_due(self, now: datetime) -> tuple[int, ...]:
        due = select(_TABLE.c.id).where(_TABLE.c.due_at <= now)
        return tuple(self.connection.scalars(due.order_by(_TABLE.c.due_at, _TABLE.c.id)))

    def _one(self, which: ColumnElement[bool]) -> StatusPost | None:
        rows = self.connection.execute(select(_TABLE).where(which)).mappings()
        return next(map(_post, rows), None)


def _row(post: StatusPost) -> dict[str, Any]:
    return {name: getattr(post, name) for name in _NAMES if name != "id"}


def _post(row: RowMapping) -> StatusPost:
    words = {
        "phase": Phase(row["phase"]),
        "health": Health(row["health"]),
        "state": PostState(row["state"]),
    }
    return StatusPost(**{name: row[name] for name in _NAMES} | words)
