"""Clockwork: what makes the tick run: a period, a wake-up, and nothing else."""

import asyncio
import contextlib
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.ports import Unreachable
from bot.services.tick import Tick

log = structlog.get_logger()

TICK_EVERY = timedelta(seconds=1)
"""The pace when nobody wakes us: due times are columns, so a pass costs one read when nothing is
due.
"""

TICK_AT_LEAST_EVERY = 5.0
"""Seconds of monotonic time after which we tick anyway: a wall clock set back stops the
scheduler.
"""

GRACE = 1.5
"""Seconds for work under way at the end; the whole stop has to fit into five."""


class Clockwork:
    """Runs the tick every period and, when woken, at once."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._scheduler = AsyncIOScheduler()
        self._scheduler.add_job(
            self._on_time,
            IntervalTrigger(seconds=TICK_EVERY / timedelta(seconds=1)),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self._loop: asyncio.Task[None] | None = None
        self._tick: Tick | None = None

    def wake(self) -> None:
        """Make the next pass happen now."""
        self._woken.set()

    def start(self, tick: Tick) -> None:
        """Begin."""
        self._tick = tick
        self._scheduler.start()
        self._loop = asyncio.create_task(self._run(tick), name="clockwork")
        self.wake()

    async def stop(self) -> None:
        """Start nothing new and let what is under way finish."""
        if self._scheduler.running:  # it is not when the start was refused
            self._scheduler.shutdown(wait=False)
        if self._loop is not None:
            self._loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._loop
        if self._tick is not None:
            await self._tick.stop(GRACE)

    async def _on_time(self) -> None:
        self.wake()

    async def _run(self, tick: Tick) -> None:
        while True:
            # Not by wait_for: Python 3.11's loses a cancellation that meets a wake-up.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_AT_LEAST_EVERY):
                    await self._woken.wait()
            self._woken.clear()
            try:
                await tick.once()
            except Unreachable as away:
                log.warning("database_unreachable", error=str(away))
                await asyncio.sleep(TICK_EVERY / timedelta(seconds=1))
            except Exception:  # the database may raise what it likes; the next pass has to come
                log.exception("tick_broke")
                await asyncio.sleep(TICK_EVERY / timedelta(seconds=1))
