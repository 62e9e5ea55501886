"""Searches in the store: the newest deployments of those that somebody wants to see."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, TextClause

from bot.adapters.store import tables
from bot.adapters.store.deployments import SELECT, from_row
from bot.adapters.store.rows import Rows
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.searches import Search
from bot.domain.deployments.states import State

_D = tables.deployments


class Searches(Rows):
    """Searches within one transaction."""

    def search(self, wanted: Search, *, limit: int, offset: int = 0) -> tuple[Deployment, ...]:
        newest = (
            SELECT.where(tables.REAL, *_conditions(wanted))
            .order_by(_D.c.requested_at.desc(), _D.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        return tuple(map(from_row, self.connection.execute(newest)))


def _conditions(wanted: Search) -> Iterator[ColumnElement[bool] | TextClause]:
    same = {
        _D.c.service: wanted.service,
        _D.c.environment: wanted.environment,
        _D.c.kind: wanted.kind,
        _D.c.requested_by: wanted.person,
        _D.c.version: wanted.version,
    }
    yield from (column == value for column, value in same.items() if value is not None)
    if wanted.states is not None:
        yield _D.c.state.in_(sorted(wanted.states))
        if State.SUCCEEDED not in wanted.states:
            yield tables.NOT_SUCCEEDED
    if wanted.since is not None:
        yield _D.c.requested_at >= wanted.since
    if wanted.before is not None:
        yield _D.c.requested_at < wanted.before
