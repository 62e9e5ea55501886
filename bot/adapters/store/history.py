"""History in the store: past deployments and incidents as records, read and taken in by the
thousand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from itertools import count
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, RowMapping, Table, bindparam, case, func, insert, select, text

from bot.adapters.store import tables
from bot.adapters.store.deployments import own_number, to_row
from bot.adapters.store.rows import Rows
from bot.domain.deployments.changes import Commit
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.metrics.history import CauseState, Closure, IncidentRecord, Record, Result

_D, _I = tables.deployments, tables.incidents
_SAME = (
    *("service", "environment", "version", "bad", "hold", "requested_by", "requested_at"),
    *("live_at", "healthy_at", "rolls_back", "for_incident"),
)
"""What a record and a row have under the same name."""

_SAME_OF = attrgetter(*_SAME)
R = TypeVar("R", Record, IncidentRecord)

CACHE = 200_000
"""KiB that SQLite may keep in memory while a history is taken in."""

_ENDS = {
    State.SUCCEEDED: Result.SUCCESS,
    State.FAILED: Result.FAILURE,
    State.DEGRADED: Result.FAILURE,
    State.CANCELLED: Result.CANCELLED,
    State.REFUSED: Result.REFUSED,
    State.REJECTED: Result.REJECTED,
    State.EXPIRED: Result.EXPIRED,
    State.VOID: Result.VOID,
}
_OF_INCIDENT = tuple(field.name for field in fields(IncidentRecord) if field.name != "id")
_CANCELLED = {"aborted": Result.ABORTED, "superseded": Result.SUPERSEDED}
"""Cancelled deployments that the history tells apart, by the reason word of their ending."""

_STATES = {result: state for state, result in _ENDS.items() if state is not State.DEGRADED}
_CHANGING = (
    State.DISPATCHING,
    State.UNKNOWN,
    State.RUNNING,
    State.SWITCHING,
    State.VALIDATING,
    State.ABORTING,
    State.NEEDS_ATTENTION,
)
"""Where the environment is being changed, or may be; before it there is nothing to record."""

# Only of what was cancelled the ending has to be read; that alone is a third of the time.
_ENDING = case((_D.c.state == State.CANCELLED, _D.c.ending))
_RECORD = select(
    *(_D.c[name] for name in ("id", "known_as", "kind", "state")),
    _ENDING.label("ending"),
    *(_D.c[name] for name in ("approvals", "changes", *_SAME)),
).where(tables.REAL, _D.c.state.in_((*_ENDS, *_CHANGING)))
_IN_ORDER = (_D.c.requested_at, _D.c.id)
_EVERY = _RECORD.order_by(*_IN_ORDER)
_OF_PLACE = _RECORD.where(
    _D.c.service == bindparam("service"), _D.c.environment == bindparam("environment")
).order_by(*_IN_ORDER)


class History(Rows):
    """Records within one transaction."""

    def records(self, service: str, environment: str) -> tuple[Record, ...]:
        here = {"service": service, "environment": environment}
        return tuple(_as_record(*row) for row in self.connection.execute(_OF_PLACE, here))

    def incident_records(self, service: str) -> tuple[IncidentRecord, ...]:
        return self._incidents(_I.c.service == service)

    def all_records(self) -> tuple[tuple[Record, ...], tuple[IncidentRecord, ...]]:
        every = self.connection.execute(_EVERY)
        return tuple(_as_record(*row) for row in every), self._incidents()

    def yet_to_be_records(self) -> frozenset[str]:
        begun = _D.c.state.in_((*_ENDS, *_CHANGING))
        numbers = select(_D.c.id).where(tables.REAL, ~begun, _D.c.known_as.is_(None))
        return frozenset(f"D{number}" for number in self.connection.scalars(numbers))

    def bring_in(self, records: Sequence[Record], incidents: Sequence[IncidentRecord]) -> None:
        if self.is_embedded:  # what is changed stays at hand, and is not written again and again
            self.connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE}")
        if records:
            numbered = self._numbered(_D, "D", records)
            self.insert_many(_IMPORTED, (_deployment_row(*one) for one in numbered))
            self._took_in(_D)
        if incidents:
            counted = self._numbered(_I, "INC-", incidents)
            self.insert_many(insert(_I), (_incident_row(*one) for one in counted))
            self._took_in(_I)

    def _incidents(self, *where: ColumnElement[bool]) -> tuple[IncidentRecord, ...]:
        wanted = select(_I).where(~_I.c.drill, *where).order_by(_I.c.declared_at, _I.c.id)
        return tuple(map(_as_incident, self.connection.execute(wanted).mappings()))

    def _numbered(
        self, table: Table, prefix: str, named: Sequence[R]
    ) -> Iterator[tuple[R, int, str | None]]:
        """Each with its number: the one in its name, where it has such a name and nobody else has
        the number, else the next; and the name that it keeps besides.

        A name with a number is the row's own, so that it never has two.
        """
        taken: set[int] = set(self.connection.scalars(select(table.c.id)))
        own = [own_number(prefix, one.id) for one in named]
        numbers = [None if number in taken else number for number in own]
        following = count(max(taken.union(filter(None, own)), default=0) + 1)
        for one, number in zip(named, numbers, strict=True):
            yield (one, number, None) if number else (one, next(following), one.id)

    def _took_in(self, table: Table) -> None:
        self._count_on(table)
        self._take_stock(table)

    def _count_on(self, table: Table) -> None:
        """PostgreSQL does not notice numbers that were given by hand."""
        if not self.is_embedded:
            highest = select(func.max(table.c.id)).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, "id")
            self.connection.execute(select(func.setval(sequence, highest)))

    def _take_stock(self, table: Table) -> None:
        """Without statistics PostgreSQL looks through all rows for the few that it has an index of,
        until it takes them by itself.
        """
        if not self.is_embedded:
            self.connection.execute(text(f"ANALYZE {table.name}"))


def _as_record(
    number: int,
    known_as: str | None,
    kind: str,
    state: str,
    ending: Mapping[str, Any] | None,
    approvals: Sequence[Mapping[str, Any]] | None,
    changes: Mapping[str, Any] | None,
    *same: Any,
) -> Record:
    result = _ENDS.get(State(state))
    if ending:
        result = _CANCELLED.get(ending.get("code", ""), result)
    return Record(
        id=known_as or f"D{number}",
        kind=Kind(kind),
        result=result,
        approved_by=tuple([approval["who"] for approval in approvals or ()]),
        commits=tuple(map(_as_commit, changes.get("log", ()))) if changes else (),
        **dict(zip(_SAME, same, strict=True)),
    )


def _as_commit(kept: Mapping[str, Any]) -> Commit:
    return Commit(
        sha=kept["sha"],
        authored_at=datetime.fromisoformat(kept["authored_at"]),
        parents=kept["parents"],
        title=kept["title"],
    )


def _as_incident(row: RowMapping) -> IncidentRecord:
    values = {name: row[name] for name in _OF_INCIDENT}
    return IncidentRecord(
        id=row["known_as"] or f"INC-{row['id']}",
        **values
        | {
            "cause_state": CauseState(row["cause_state"]),
            "closure": Closure(row["closure"]) if row["closure"] else None,
        },
    )


def _deployment_row(record: Record, number: int, name: str | None) -> dict[str, Any]:
    """A row that nothing is done about: no card, no check of what lies years back.

    It has what differs from record to record; the rest is `_IMPORTED`. There may be hundreds of
    thousands, so nothing is made that is not kept.
    """
    result = record.result or Result.CANCELLED
    settled_at = record.healthy_at or record.live_at or record.requested_at
    log = [
        {
            "sha": commit.sha,
            "authored_at": commit.authored_at,
            "parents": commit.parents,
            "title": commit.title,
        }
        for commit in record.commits
    ]
    return dict(zip(_SAME, _SAME_OF(record), strict=True)) | {
        "id": number,
        "known_as": name,
        "kind": record.kind,
        "state": _STATES.get(result, State.CANCELLED),
        "settled_at": settled_at,
        "changes": {"commits": len(log), "log": log} if log else None,
        "approvals": [{"who": who, "at": settled_at} for who in record.approved_by],
        "ending": {"code": str(result), "text": ""},
    }


def _imported() -> dict[str, Any]:
    """What all rows of history from elsewhere have in common, but for what the table itself says
    where nothing is given.
    """
    nobody = Deployment(
        service="",
        environment="",
        version="",
        adopted=True,
        repo="",
        workflow="",
        requested_by="",
        requested_at=datetime.min.replace(tzinfo=UTC),
        reason="imported",
    )
    differing = {*_SAME, "known_as", "kind", "state", "settled_at", "changes", "approvals"}
    row = to_row(nobody)
    usual = {column.name for column in _D.c if column.nullable or column.server_default is not None}
    common = {name: row[name] for name in row.keys() - usual - differing - {"ending"}}
    return {name: text(_literal(value)) for name, value in common.items()}


def _literal(value: object) -> str:
    """One of our own constants as SQL: what is not sent with each row is taken in faster."""
    if isinstance(value, bool | int):
        return str(value).lower()
    return "'[]'" if value == [] else f"'{value}'"


_IMPORTED = insert(_D).values(_imported())


def _incident_row(incident: IncidentRecord, number: int, name: str | None) -> dict[str, Any]:
    own = {"id": number, "known_as": name}
    return {field: getattr(incident, field) for field in _OF_INCIDENT} | own
