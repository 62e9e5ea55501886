"""PostgreSQL: transactions side by side on asyncpg, each on one snapshot."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.adapters.store import written
from bot.adapters.store.database import ANSWERS_WITHIN, Unconfirmed, Unusable
from bot.ports import Stale, Unreachable

T = TypeVar("T")

TRIES_FOR = 5.0
"""Seconds for which the loser of a race tries again."""

MOST_TAKEN = 10
"""How often what it wants to add may be there already, of which it has seen nothing."""

LONGEST_PAUSE = 0.02
"""Seconds for which it stays away at most: who stays away for longer each time loses against all of
those who win meanwhile.
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
TAKEN = "23505"  # unique violation: the slot, a run or a request taken by somebody else just now
LOST_RACES = {
    "40001",  # serialization failure: a row that was changed after our snapshot
    "40P01",  # deadlock
    TAKEN,
}

LOCKED = "55P03"  # a lock was not to be had within the time that was set for it


@dataclass
class _Lost(Exception):
    """A race, so that nothing was kept. `is_taken`: what it would have added was there."""

    is_taken: bool


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
        clock = asyncio.get_running_loop()
        end, taken = clock.time() + TRIES_FOR, 0
        while True:
            try:
                return await self._once(work)
            except _Lost as lost:
                taken += lost.is_taken
                if taken >= MOST_TAKEN or clock.time() > end:
                    raise Stale("somebody else was always faster") from lost
            await asyncio.sleep(random.uniform(0, LONGEST_PAUSE))

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    async def _once(self, work: Callable[[Connection], T]) -> T:
        """Run it, on a new connection where the one that was kept for it is gone."""
        was_cut = False
        while True:
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
                elif _sqlstate(error) in LOST_RACES:
                    raise _Lost(_sqlstate(error) == TAKEN) from error
                else:
                    raise


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
