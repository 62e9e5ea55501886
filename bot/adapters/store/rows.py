"""Rows: what every part of a transaction stands on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Executable, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

BATCH = 5_000
"""How many rows are prepared at once when there are very many."""


@dataclass(slots=True)
class Rows:
    """An open transaction: its connection, and the time at which it began."""

    connection: Connection
    now: datetime

    @property
    def is_embedded(self) -> bool:
        """Whether the database is this bot's alone; on PostgreSQL there may be replicas."""
        return self.connection.dialect.name == "sqlite"

    def firsts(self, statement: Executable, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The first column of each row; SQLAlchemy's `scalars` takes half as long again."""
        return tuple(row[0] for row in self.connection.execute(statement, values))

    def insert_new(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Insert a row unless one with the same key is there; whether it was inserted."""
        statement = _inserting(self.connection.dialect.name, table)
        return self.connection.execute(statement, values).rowcount == 1

    def insert_many(self, into: Insert, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows that all have the same columns, batch by batch, in the same transaction.

        SQLAlchemy would spend more on the parameters of each row than the database on the row, so
        they are prepared here: each value by its column's own type, in the order of the statement.
        """
        dialect, waiting = self.connection.dialect, iter(rows)
        while batch := list(islice(waiting, BATCH)):
            compiled = into.compile(dialect=dialect, column_keys=list(batch[0]))
            names = compiled.positiontup or ()
            types = [into.table.c[name].type.dialect_impl(dialect) for name in names]
            values = zip(*map(itemgetter(*names), batch), strict=True)
            columns = [
                map(write, column) if (write := kind.bind_processor(dialect)) else column
                for kind, column in zip(types, values, strict=True)
            ]
            self.connection.exec_driver_sql(str(compiled), list(zip(*columns, strict=True)))

    def put(self, table: Table, values: Mapping[str, Any]) -> None:
        """Insert a row, or replace the one with the same primary key."""
        statement = _replacing(self.connection.dialect.name, table, *values)
        self.connection.execute(statement, values)


@cache
def _inserting(dialect: str, table: Table) -> Insert:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _replacing(dialect: str, table: Table, *columns: str) -> Insert:
    key = [column.name for column in table.primary_key]
    statement = _insert(dialect, table)
    rest = {name: statement.excluded[name] for name in columns if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=rest)


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
