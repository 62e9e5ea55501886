"""Database: one of the two kinds, behind the one thing we need of it."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from bot.adapters.store.postgres import PostgresDatabase
from bot.adapters.store.sqlite import SqliteDatabase

T = TypeVar("T")


class Database(Protocol):
    """Runs synchronous work in transactions."""

    async def transact(self, work: Callable[[Connection], T], *, reads: bool = False) -> T:
        """Run `work` in one transaction and commit it, or keep nothing when it raises.

        What only `reads` holds up no other process.
        """

    async def close(self) -> None:
        """Let go of every connection."""


def open_database(address: str) -> Database:
    """The database at `sqlite:///gonogo.db` or `postgresql://…`; any driver named is ignored.

    Connects at first use. Raises ValueError for any other address.
    """
    try:
        url = make_url(address)
    except ArgumentError:
        raise ValueError(_USAGE) from None
    match url.drivername.partition("+")[0]:
        case "sqlite":
            return SqliteDatabase(plain_sqlite(url))
        case "postgresql" | "postgres":
            plain = url.set(drivername="postgresql")
            return PostgresDatabase(plain.render_as_string(hide_password=False))
        case _:
            raise ValueError(_USAGE)


def plain_sqlite(url: URL) -> URL:
    """The same file with the driver of the standard library."""
    return url.set(drivername="sqlite")


_USAGE = "the database has to be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
