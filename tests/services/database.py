"""A database in memory, for one test alone: the real tables, no thread and no disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Connection, StaticPool, create_engine, event

from bot.adapters.store import written

T = TypeVar("T")


class Memory:
    """A copy of a migrated file; its transactions come one after the other, at once.

    The next test copies over what an earlier one left: SQLAlchemy compiles each statement once for
    a connection to a database, and that takes longer than most tests.
    """

    _idle: ClassVar[list[Connection]] = []

    def __init__(self, migrated: Path) -> None:
        self._connection = self._idle.pop() if self._idle else _connect()
        with closing(sqlite3.connect(migrated)) as source:
            source.backup(_raw(self._connection))

    async def transact(self, work: Callable[[Connection], T], *, reads: bool = False) -> T:
        with self._connection.begin():
            _raw(self._connection).execute("BEGIN")
            return work(self._connection)

    @property
    def changes(self) -> int:
        """How many rows were ever written here."""
        return int(_raw(self._connection).total_changes)

    async def close(self) -> None:
        self._idle.append(self._connection)


def _connect() -> Connection:
    engine = create_engine(
        "sqlite://",
        poolclass=StaticPool,
        json_serializer=written.write,
        json_deserializer=written.read,
    )
    event.listen(engine, "connect", _prepare)
    return engine.connect()


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _raw(connection: Connection) -> Any:
    return connection.connection.driver_connection
