"""Clockwork: it stops when it is told to, whatever else happens at that moment."""

import asyncio
from typing import cast

from structlog.testing import capture_logs

from bot.clockwork import Clockwork
from bot.ports import Unreachable
from bot.services.tick import Tick


class Idle:
    """A tick that has nothing to do."""

    async def once(self) -> bool:
        return False

    async def stop(self, grace: float) -> None:
        return None


async def test_a_stop_that_meets_a_wake_up_is_not_lost() -> None:
    clockwork = Clockwork()
    clockwork.start(cast(Tick, Idle()))
    for _ in range(5):  # until it waits to be woken
        await asyncio.sleep(0)
    clockwork.wake()
    await asyncio.sleep(0)
    stopping = asyncio.create_task(clockwork.stop())
    done, _ = await asyncio.wait({stopping}, timeout=2)

    assert done == {stopping}


class Cut(Idle):
    """A tick whose database is away."""

    async def once(self) -> bool:
        raise Unreachable("Connect call failed")


async def test_a_database_that_is_away_is_a_line_of_the_log_and_no_traceback() -> None:
    clockwork = Clockwork()
    with capture_logs() as logs:
        clockwork.start(cast(Tick, Cut()))
        for _ in range(5):
            await asyncio.sleep(0)
        await clockwork.stop()
    assert logs == [
        {"event": "database_unreachable", "error": "Connect call failed", "log_level": "warning"}
    ]
