"""A database in memory, for one test alone: the real tables, no thread and no disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, StaticPool, create_engine, event

T = TypeVar("T")


class Memory:
    """A copy of a migrated file; its transactions come one after the other, at once."""

    def __init__(self, migrated: Path) -> None:
        self._engine = create_engine("sqlite://", poolclass=StaticPool)
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", lambda opened: opened.exec_driver_sql("BEGIN"))
        with sqlite3.connect(migrated) as source, self._engine.connect() as opened:
            raw: Any = opened.connection.driver_connection
            source.backup(raw)
        source.close()

    async def transact(self, work: Callable[[Connection], T], *, reads: bool = False) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        self._engine.dispose()


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
