"""PostgreSQL: transactions side by side on asyncpg, each on one snapshot."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.adapters.store import written
from bot.adapters.store.database import ANSWERS_WITHIN, Unconfirmed, Unusable
from bot.ports import Stale, Unreachable

T = TypeVar("T")

ATTEMPTS = 10
PAUSE, LONGEST_PAUSE = 0.005, 0.1
"""Seconds for which the loser of a race stays away at most, more each time; or those who want one
row meet there again and again.
"""
CONNECT_TIMEOUT = 5.0  # seconds
NOT_NOW = ("53", "57")  # full or crowded, ended by an administrator
DIES_WITH_US = "; ".join(
    f"SET {name} = '{value}'"
    for name, value in {
        "idle_in_transaction_session_timeout": "15s",  # far longer than any transaction of ours
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
    }.items()
)
"""Until the server ends the connection of a bot that died in a transaction, its locks hold up all
others. Set after connecting, because a pooler between us and it may know no such options.
"""
NO_WAY_IN = ("28", "3D")  # classes of SQLSTATE: wrong user or password, no such database
LOST_RACES = {
    "40001",  # serialization failure: a row that was changed after our snapshot
    "40P01",  # deadlock
    "23505",  # unique violation: the slot, a run or a request taken by somebody else just now
}

LOCKED = "55P03"  # a lock was not to be had within the time that was set for it


class PostgresDatabase:
    """Any number of replicas; a transaction that lost a race is run again on what is there now."""

    def __init__(
        self,
        dsn: str,
        *,
        answers_within: float | None = ANSWERS_WITHIN,
        connects_within: float = CONNECT_TIMEOUT,
    ) -> None:
        async def connect() -> Any:
            try:
                # It understands all that libpq writes into an address.
                connection = await asyncpg.connect(
                    dsn, timeout=connects_within, command_timeout=answers_within
                )
                if answers_within is not None:  # an import thinks for longer between statements
                    await connection.execute(DIES_WITH_US)
            except (OSError, TimeoutError, asyncpg.PostgresError) as error:
                why = str(error) or type(error).__name__
                if getattr(error, "sqlstate", "").startswith(NO_WAY_IN):
                    raise Unusable(why) from error
                raise Unreachable(why) from error
            except (ValueError, asyncpg.InterfaceError) as error:
                raise Unusable(str(error)) from error
            return connection

        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=connect,
            isolation_level="REPEATABLE READ",
            json_serializer=written.write,
            json_deserializer=written.read,
        )

    async def transact(self, work: Callable[[Connection], T], *, reads: bool = False) -> T:
        """Run `work` in a transaction of its own; Stale when it lost every race.

        A connection that breaks before the commit is sent has kept nothing, so the work is done
        once more on a new one. That is how a server that was restarted is noticed; to ask each
        time whether it is there would be a good part of what a transaction takes.

        What only `reads` needs nothing else here, since no reader holds up a writer.
        """
        lost: DBAPIError | None = None
        was_cut = False
        for attempt in range(ATTEMPTS):
            if attempt > 1:
                longest = min(PAUSE * 2**attempt, LONGEST_PAUSE)
                await asyncio.sleep(random.uniform(0, longest))
            is_done = False
            try:
                async with self._engine.begin() as connection:
                    found = await connection.run_sync(work)
                    is_done = True
                return found
            except DBAPIError as error:
                if error.connection_invalidated:
                    if is_done or was_cut:
                        raise Unconfirmed("the connection was lost") from error
                    was_cut = True
                elif _sqlstate(error) == LOCKED:
                    raise Stale("somebody else holds it") from error
                elif _sqlstate(error).startswith(NOT_NOW):
                    raise Unreachable(str(error.orig)) from error
                elif _sqlstate(error) not in LOST_RACES:
                    raise
                lost = error
        raise Stale("somebody else was always faster") from lost

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
