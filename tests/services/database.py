"""A database in memory, for one test alone: the real tables, no thread and no disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Connection, StaticPool, create_engine, event

from bot.adapters.store import written
from tests.services.quick import QuickConnection

T = TypeVar("T")


class Memory:
    """A copy of a migrated file; its transactions come one after the other, at once.

    The next test copies over what an earlier one left: SQLAlchemy compiles each statement once for
    a connection to a database, and that takes longer than most tests.
    """

    _idle: ClassVar[list[QuickConnection]] = []

    def __init__(self, migrated: Path) -> None:
        self._connection = self._idle.pop() if self._idle else _connect()
        with closing(sqlite3.connect(migrated)) as source:
            source.backup(self._connection.raw)

    async def transact(self, work: Callable[[Connection], T], *, reads: bool = False) -> T:
        if reads:  # nobody else is there
            return work(self._connection)
        raw = self._connection.raw
        raw.execute("BEGIN")
        try:
            result = work(self._connection)
        except BaseException:
            raw.execute("ROLLBACK")
            raise
        raw.execute("COMMIT")
        return result

    @property
    def changes(self) -> int:
        """How many rows were ever written here."""
        return self._connection.raw.total_changes

    async def close(self) -> None:
        self._idle.append(self._connection)


def _connect() -> QuickConnection:
    engine = create_engine(
        "sqlite://",
        poolclass=StaticPool,
        json_serializer=written.write,
        json_deserializer=written.read,
    )
    event.listen(engine, "connect", _prepare)
    return QuickConnection.of(engine)


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
