"""Quick: a connection that prepares each statement once, and hands it straight to SQLite.

SQLAlchemy does a good deal for every execution of a statement, and most of what a story costs were
that; it still writes the SQL, and converts what goes in and comes out by the types of the columns.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Result
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Any  # a function of one value, or None


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Its SQL, the name, fixed value and conversion of each parameter, and the columns it gives."""

    sql: str
    parameters: tuple[tuple[str, Any, Convert], ...]
    columns: SimpleResultMetaData

    def values(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(
            convert(given.get(name, fixed)) if convert else given.get(name, fixed)
            for name, fixed, convert in self.parameters
        )


class Rows(IteratorResult[Any]):
    """What SQLite answered, and how many rows it changed."""

    def __init__(self, columns: SimpleResultMetaData, cursor: sqlite3.Cursor) -> None:
        found: Iterator[Any] = iter(cursor.fetchall())
        super().__init__(columns, found)
        self.rowcount = cursor.rowcount


class QuickConnection(Connection):
    """As SQLAlchemy's own; what was asked only once, or in a way of its own, goes there.

    `raw` is the driver's connection, on which whoever made this one begins and ends transactions.
    """

    raw: sqlite3.Connection
    _prepared: WeakKeyDictionary[Any, dict[tuple[str, ...], _Prepared | None]]

    @classmethod
    def of(cls, engine: Engine) -> QuickConnection:
        made = cls(engine)
        made.raw = made.connection.driver_connection  # type: ignore[assignment]
        made._prepared = WeakKeyDictionary()
        return made

    def execute(self, statement: Any, parameters: Any = None, **options: Any) -> Any:
        given = {} if parameters is None else parameters
        if options or not isinstance(given, Mapping):
            return super().execute(statement, parameters, **options)
        ready = self._ready(statement, tuple(given))
        if ready is None:
            return super().execute(statement, parameters)
        try:
            return Rows(ready.columns, self.raw.execute(ready.sql, ready.values(given)))
        except sqlite3.Error:  # nothing was done, and SQLAlchemy knows how to tell it
            return super().execute(statement, parameters)

    def scalar(self, statement: Any, parameters: Any = None, **options: Any) -> Any:
        found: Result[Any] = self.execute(statement, parameters, **options)
        return found.scalar()

    def _ready(self, statement: Any, names: tuple[str, ...]) -> _Prepared | None:
        """None for the first time, since many a statement is made for one use only."""
        known = self._prepared.get(statement)
        if known is None:
            self._prepared[statement] = {}
            return None
        if names not in known:
            known[names] = self._prepare(statement, names)
        return known[names]

    def _prepare(self, statement: Any, names: Sequence[str]) -> _Prepared | None:
        made: SQLCompiler = statement.compile(dialect=self.dialect, column_keys=list(names))
        if made.post_compile_params or made.insert_prefetch or made.update_prefetch:
            return None  # lists of values, and defaults: different each time
        parameters = tuple(
            (name, made.params[name], self._conversion(made.binds[name].type, "bind_processor"))
            for name in made.positiontup or ()
        )
        columns = list(statement.exported_columns)
        conversions = [self._conversion(c.type, "result_processor", None) for c in columns]
        names = [column.key or "" for column in columns]
        return _Prepared(
            str(made), parameters, SimpleResultMetaData(names, _processors=conversions or None)
        )

    def _conversion(self, kind: Any, which: str, *more: Any) -> Convert:
        found: Convert = getattr(kind.dialect_impl(self.dialect), which)(self.dialect, *more)
        return found
