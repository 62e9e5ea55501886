"""Deployments in the store: one row each, scalars as columns, nested values as JSON."""

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Select, Text, bindparam, cast, insert, select, union_all, update

from bot.adapters.store import tables, written
from bot.adapters.store.rows import Rows
from bot.adapters.store.types import Json
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.ports import Stale

SOON = timedelta(seconds=1)
"""Webhooks come in swarms; what they wake looks once for all of them."""

MOST_ID = 2**31 - 1
"""The highest number that the column holds; PostgreSQL does not even compare it with more."""

KNOWN = 300
"""How many rows are remembered with their deployments: the same few are read again and again."""

_ADAPTER = TypeAdapter(Deployment)
_TABLE = tables.deployments
_COLUMNS = tuple(_TABLE.c[field.name] for field in fields(Deployment))
_NAMES = tuple(column.name for column in _COLUMNS)
_NESTED = {column.name for column in _COLUMNS if column.type is Json}
_SCALARS = tuple(c.name for c in _COLUMNS if c.name not in _NESTED and c.name != "id")

# Statements are built once: for a command of six that is most of the time it takes.
# Nested values come as they are written, so that a row that was seen before is known by its values.
SELECT = select(
    *(cast(c, Text).label(c.name) if c.name in _NESTED else c for c in _COLUMNS),
)
_HERE = (_TABLE.c.service == bindparam("service"), _TABLE.c.environment == bindparam("environment"))
_BY_ID = SELECT.where(_TABLE.c.id == bindparam("id"))
_IN_HISTORY = SELECT.where(
    (_TABLE.c.known_as == bindparam("known_as"))
    | (_TABLE.c.known_as.is_(None) & (_TABLE.c.id == bindparam("id")))
).order_by(_TABLE.c.known_as.is_(None))  # the number in a name may have been another's
_UNFINISHED = SELECT.where(tables.UNFINISHED).order_by(_TABLE.c.id)
_UNFINISHED_OF = _UNFINISHED.where(_TABLE.c.repo == bindparam("repo"))
_DUE = (
    select(_TABLE.c.id)
    .where(tables.UNFINISHED, _TABLE.c.due_at <= bindparam("now"))
    .order_by(_TABLE.c.due_at, _TABLE.c.id)
)
_HOLDER = SELECT.where(*_HERE, tables.HOLDS_SLOT)
_DRY_RUN = SELECT.where(
    _TABLE.c.requested_by == bindparam("asked_by"), *_HERE, tables.UNFINISHED_DRY_RUN
)
_NEWEST = (_TABLE.c.live_at.desc(), _TABLE.c.id.desc())
_LIVE = SELECT.where(*_HERE, tables.LIVE).order_by(*_NEWEST).limit(1)
_PINNED = SELECT.where(tables.PINNED).order_by(_TABLE.c.id.desc())
_OF_REPO = _TABLE.c.repo == bindparam("repo")
_SENDING = SELECT.where(
    *(tables.UNFINISHED, _OF_REPO, _TABLE.c.workflow == bindparam("workflow")),
    *(_TABLE.c.dispatch.is_not(None), _TABLE.c.run_id.is_(None)),
).order_by(_TABLE.c.id)
# Two questions, since each of the two kinds has an index of its own.
_CLAIMED = union_all(
    *(
        select(_TABLE.c.run_id).where(_OF_REPO, kind)
        for kind in (tables.OWN_RUN, tables.ADOPTED_RUN)
    )
)
_ADD = insert(_TABLE).returning(_TABLE.c.id)
_SAVE = update(_TABLE).where(
    _TABLE.c.id == bindparam("old_id"), _TABLE.c.revision == bindparam("old_revision")
)
_WAITING_FOR_GITHUB = (
    State.AWAITING_APPROVAL,
    State.UNKNOWN,
    State.RUNNING,
    State.ABORTING,
)
_HURRY = update(_TABLE).where(
    tables.UNFINISHED,
    _TABLE.c.state.in_(_WAITING_FOR_GITHUB),
    _TABLE.c.failures == 0,  # what was turned away waits until it may ask again
    _TABLE.c.due_at > bindparam("soon"),
)


def own_number(prefix: str, name: str) -> int | None:
    """The number of the row that has no other name than this, if it is such a name."""
    found = re.fullmatch(f"{prefix}([1-9][0-9]{{0,8}})", name)
    return int(found[1]) if found else None


class Deployments(Rows):
    """Deployments within one transaction."""

    def add(self, deployment: Deployment) -> Deployment:
        new_id = self.connection.execute(_ADD, to_row(deployment)).scalar_one()
        return replace(deployment, id=new_id)

    def save(self, old: Deployment, new: Deployment) -> Deployment:
        saved = replace(new, id=old.id, revision=old.revision + 1)
        unchanged = {"old_id": old.id, "old_revision": old.revision}
        if self.connection.execute(_SAVE, to_row(saved) | unchanged).rowcount != 1:
            raise Stale(f"{old.name} is no longer at revision {old.revision}")
        return saved

    def deployment(self, deployment_id: int) -> Deployment | None:
        if deployment_id > MOST_ID:
            return None
        return self._first(_BY_ID, id=deployment_id)

    def deployment_in_history(self, name: str) -> Deployment | None:
        return self._first(_IN_HISTORY, known_as=name, id=own_number("D", name) or 0)

    def holder(self, service: str, environment: str) -> Deployment | None:
        return self._first(_HOLDER, service=service, environment=environment)

    def dry_run(self, asked_by: str, service: str, environment: str) -> Deployment | None:
        here = {"service": service, "environment": environment}
        return self._first(_DRY_RUN, asked_by=asked_by, **here)

    def unfinished(self, repo: str | None = None) -> tuple[Deployment, ...]:
        return self._all(_UNFINISHED) if repo is None else self._all(_UNFINISHED_OF, repo=repo)

    def due(self, now: datetime) -> tuple[int, ...]:
        return self.firsts(_DUE, {"now": now})

    def release_dispatching(self) -> None:
        sending = _TABLE.c.state.in_((State.DISPATCHING, State.APPROVED, State.SWITCHING))
        under_way = update(_TABLE).where(tables.UNFINISHED, sending)
        if self.is_embedded:
            self.connection.execute(under_way.values(due_at=self.now))

    def hurry(self) -> None:
        self.connection.execute(_HURRY, {"soon": self.now + SOON, "due_at": self.now + SOON})

    def live(self, service: str, environment: str) -> Deployment | None:
        return self._first(_LIVE, service=service, environment=environment)

    def pinned(self) -> tuple[Deployment, ...]:
        return self._all(_PINNED)

    def history(
        self, service: str | None, environment: str | None, *, limit: int, offset: int = 0
    ) -> tuple[Deployment, ...]:
        where = {"service": service, "environment": environment}
        known = {name: value for name, value in where.items() if value is not None}
        return self._all(_history(*known), **known, most=limit, after=offset)

    def sending(self, repo: str, workflow: str) -> tuple[Deployment, ...]:
        # Taking the turn makes two replicas that ask at the same time clash: the second one asks
        # again and sees what the first one sent.
        self.put(tables.turns, {"repo": repo, "workflow": workflow, "taken_at": self.now})
        return self._all(_SENDING, repo=repo, workflow=workflow)

    def claimed_runs(self, repo: str) -> frozenset[int]:
        return frozenset(self.firsts(_CLAIMED, {"repo": repo}))

    def _first(self, statement: Select[Any], **values: Any) -> Deployment | None:
        row = self.connection.execute(statement, values).first()
        return None if row is None else from_row(row)

    def _all(self, statement: Select[Any], **values: Any) -> tuple[Deployment, ...]:
        return tuple(map(from_row, self.connection.execute(statement, values)))


@cache
def _history(*columns: str) -> Select[Any]:
    """The newest, of those that have the given values in these columns."""
    wanted = SELECT.where(tables.REAL, *(_TABLE.c[name] == bindparam(name) for name in columns))
    newest = wanted.order_by(_TABLE.c.requested_at.desc(), _TABLE.c.id.desc())
    return newest.limit(bindparam("most")).offset(bindparam("after"))


def to_row(deployment: Deployment) -> dict[str, Any]:
    """The row of a deployment, without its id."""
    scalars = {name: getattr(deployment, name) for name in _SCALARS}
    nested: dict[str, Any] = _ADAPTER.dump_python(deployment, mode="json", include=_NESTED)
    return scalars | nested | {"pinned": bool(deployment.pinned)}


def from_row(row: Sequence[Any]) -> Deployment:
    """The deployment in a row of `SELECT`, which may have further columns after its own."""
    return _deployment(tuple(row[: len(_NAMES)]))


@lru_cache(maxsize=KNOWN)
def _deployment(row: tuple[Any, ...]) -> Deployment:
    """What a row does not have, because it is older than the column, is the field's default."""
    known = {
        name: written.read(value) if name in _NESTED else value
        for name, value in zip(_NAMES, row, strict=True)
        if value is not None
    }
    return _ADAPTER.validate_python(known)
