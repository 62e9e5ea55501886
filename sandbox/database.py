"""The database of the demo's bot: found, recognised as the sandbox's own, emptied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from sandbox.options import Unusable

Answer = TypeVar("Answer")

MARK = "sandbox_seed"  # the table by which a database of the sandbox is known


@dataclass(frozen=True)
class Database:
    """A database by its URL; `file` is where a SQLite one lies, None for a server's."""

    url: str
    file: Path | None

    @classmethod
    def named(cls, name: str, *, relative_to: Path) -> Database:
        """From a URL as the bot takes it, or from the path of a SQLite file.

        Raises Unusable for what is neither SQLite nor PostgreSQL.
        """
        try:
            url = make_url(name if ":" in name else f"sqlite:///{name}")
        except ArgumentError:
            raise Unusable(f"{name} is no address of a database") from None
        if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
            file = relative_to / str(url.database)
            return cls(f"sqlite+aiosqlite:///{file}", file)
        if url.get_backend_name() == "postgresql":
            url = url.set(drivername="postgresql+asyncpg")
            return cls(url.render_as_string(hide_password=False), None)
        raise Unusable(f"{name} is neither a SQLite file nor a PostgreSQL database")

    def __str__(self) -> str:
        return make_url(self.url).render_as_string(hide_password=True)

    async def claim(self, seed: str) -> None:
        """Mark an empty database as made by `seed`.

        Raises Unusable when it cannot be opened or holds anything else.
        """

        def look_and_mark(connection: Connection) -> None:
            tables = inspect(connection).get_table_names()
            if not tables:
                connection.execute(text(f"CREATE TABLE {MARK} (name TEXT NOT NULL)"))
                connection.execute(text(f"INSERT INTO {MARK} VALUES (:seed)"), {"seed": seed})
                return
            if MARK not in tables:
                raise Unusable(f"{self} holds tables that no sandbox made")
            made_by = connection.scalar(text(f"SELECT name FROM {MARK}"))
            if made_by != seed:
                raise Unusable(f"{self} was made by seed {made_by}, not by {seed}")

        try:
            await self._run(look_and_mark)
        except (DBAPIError, OSError) as error:
            raise Unusable(f"{self} cannot be opened: {error}") from error

    async def empty(self) -> None:
        """Throw everything away; nobody may have it open."""
        if self.file is not None:
            for suffix in ("", "-wal", "-shm"):
                self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        else:
            await self._run(_drop_everything)

    async def _run(self, operation: Callable[[Connection], Answer]) -> Answer:
        if self.file is not None:
            with create_engine(f"sqlite:///{self.file}", poolclass=NullPool).begin() as connection:
                return operation(connection)
        engine = create_async_engine(self.url, poolclass=NullPool)
        async with engine.begin() as on_server:
            return await on_server.run_sync(operation)


def _drop_everything(connection: Connection) -> None:
    connection.execute(text("DROP SCHEMA public CASCADE"))
    connection.execute(text("CREATE SCHEMA public"))
