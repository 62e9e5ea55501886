"""SQLite: one connection on one writer thread, every commit on the disk before it is believed."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DBAPIError

from bot.adapters.store import written
from bot.ports import Unreachable

T = TypeVar("T")

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
)

NOT_NOW = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR")
"""Another process holds the file for long, or the disk is full."""


class SqliteDatabase:
    """Transactions one after the other; a command of six statements takes about a millisecond.

    A thread of its own beats an async driver, which would hop between threads for every statement.
    """

    def __init__(self, url: URL) -> None:
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._engine = create_engine(
            url, json_serializer=written.write, json_deserializer=written.read
        )
        event.listen(self._engine, "connect", _prepare)
        self._connection: Connection | None = None

    async def transact(self, work: Callable[[Connection], T], *, reads: bool = False) -> T:
        """Run `work` in a transaction of its own; it commits even when the caller is cancelled.

        Raises Unreachable for what may pass.
        """

        def transaction() -> T:
            if self._connection is None:
                self._connection = self._engine.connect()
            connection = self._connection
            with connection.begin():
                # Take the write lock at once: a read that becomes a write later can fail half-way.
                connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
                try:
                    return work(connection)
                except StopIteration as stop:  # no future takes one: who waits would do so for ever
                    raise RuntimeError("the work of a transaction raised StopIteration") from stop

        try:
            return await asyncio.get_running_loop().run_in_executor(self._writer, transaction)
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorname", "").startswith(NOT_NOW):
                raise Unreachable(str(error.orig)) from error
            raise

    async def close(self) -> None:
        """Finish what was begun, then close the file."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._writer, self._let_go)
        self._writer.shutdown()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    for pragma in PRAGMAS:
        connection.execute(pragma)
