"""Switching: what tests of a docker_ssh target say and read, against any host."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from types import TracebackType

from bot.adapters.docker_ssh.adapter import DockerSsh
from bot.domain.rollbacks.targets import Artifact, Fate, Sight
from bot.ports import Receipt

ENDS_WITHIN = 60.0  # seconds


async def end_of(target: DockerSsh, receipt: Receipt) -> Sight:
    """Watch until the fate is known."""
    async with asyncio.timeout(ENDS_WITHIN):
        while (sight := await target.watch(receipt)).fate is None:
            await asyncio.sleep(0.2)
    return sight


async def switch(target: DockerSsh, version: str, operation: str, digest: str = "") -> Sight:
    """Plan, start, and watch to the end."""
    wanted = Artifact(id=digest, version=version)
    if not digest:
        plan = await target.plan(wanted)
        assert plan.wanted is not None, plan.obstacle
        wanted = plan.wanted
    return await end_of(target, await target.start(wanted, operation))


async def running(target: DockerSsh) -> str | None:
    """The version that runs."""
    found = await target.current()
    return found.version if found else None


async def step(log: Path, words: str) -> None:
    """Wait until the switch says that it is doing this."""
    async with asyncio.timeout(ENDS_WITHIN):
        while not log.exists() or words not in log.read_text():
            await asyncio.sleep(0.01)


def is_good(sight: Sight, fate: Fate) -> None:
    """With all that is known when it is not."""
    assert sight.fate is fate, f"{sight.fate}: {sight.text}\n{sight.output}"


class Prober:
    """Asks a port for its health every 20 ms, as users do; `outage` is the longest silence, once
    the last question is answered.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._task: asyncio.Task[None] | None = None
        self._ends = asyncio.Event()
        self.outage = 0.0

    async def __aenter__(self) -> Prober:
        self._task = asyncio.create_task(self._probe())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._task is not None
        self._ends.set()
        await self._task

    async def _probe(self) -> None:
        failed_at = None
        while not self._ends.is_set():
            now = time.monotonic()
            if not await self._answers():
                failed_at = failed_at or now
            elif failed_at is not None:
                self.outage = max(self.outage, time.monotonic() - failed_at)
                failed_at = None
            await asyncio.sleep(0.02)

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(2):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except (OSError, TimeoutError):
            return False
        try:
            async with asyncio.timeout(2):
                writer.write(b"GET /health HTTP/1.0\r\n\r\n")
                return b" 200 " in await reader.readline()
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()
