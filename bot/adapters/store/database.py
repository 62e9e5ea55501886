"""Database: one of the two kinds, behind the one thing we need of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from bot.adapters.store.sqlite import SqliteDatabase
from bot.ports import Stale, Unreachable

T = TypeVar("T")

ANSWERS_WITHIN = 10.0
"""Seconds for a statement: a server that hangs must not hold up the bot for ever."""


class Unusable(Exception):
    """The database answers, and will never take us like this."""


class Unconfirmed(TimeoutError):
    """The connection was lost before the answer: nobody knows whether it was kept."""


AWAY = (Unreachable, Stale, TimeoutError)
"""What a transaction raises that may go well later."""


class Database(Protocol):
    """Runs synchronous work in transactions."""

    async def transact(self, work: Callable[[Connection], T], *, reads: bool = False) -> T:
        """Run `work` in one transaction and commit it, or keep nothing when it raises. After a
        TimeoutError nobody knows.

        What only `reads` holds up no other process.
        """

    async def close(self) -> None:
        """Let go of every connection."""


def open_database(address: str, *, answers_within: float | None = ANSWERS_WITHIN) -> Database:
    """The database at `sqlite:///gonogo.db` or `postgresql://…`; any driver named is ignored.

    Connects at first use, which raises Unreachable or Unusable. Raises ValueError for any other
    address. `answers_within` is how many seconds a statement may take on a server, None any time.
    """
    url = _url(address)
    if _kind(url) == "sqlite":
        return SqliteDatabase(plain_sqlite(url))
    # Its driver takes a good part of the time of a start, and most have no need of it.
    from bot.adapters.store.postgres import PostgresDatabase

    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresDatabase(plain, answers_within=answers_within)


def checked(address: str) -> str:
    """The address, if there can be a database; ValueError says what is wrong with it."""
    url = _url(address)
    if _kind(url) == "sqlite" and url.database:
        folder = Path(url.database).parent
        if not folder.is_dir():
            raise ValueError(f"there is no directory {folder}")
    return address


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise ValueError(_USAGE) from None
    if _kind(url) not in ("sqlite", "postgresql", "postgres"):
        raise ValueError(_USAGE)
    return url


def _kind(url: URL) -> str:
    return url.drivername.partition("+")[0]


def plain_sqlite(url: URL) -> URL:
    """The same file with the driver of the standard library."""
    return url.set(drivername="sqlite")


_USAGE = "the database has to be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
