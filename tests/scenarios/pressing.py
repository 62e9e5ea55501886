"""Pressing: several people press the same button at once."""

import asyncio
import time
from datetime import datetime, timedelta

from tests.scenarios.workspace import Workspace

BEAT = 0.005  # seconds


async def press_at_once(team: Workspace, button: str, ts: str, *people: str) -> None:
    """They press within 50 ms, or before anybody's press is acknowledged: as the sandbox says, by
    whose clock they are delivered. Time in which nothing here could run, as on a busy machine, does
    not lie between two presses.
    """
    busy = timedelta()

    async def beat() -> None:
        nonlocal busy
        while True:
            began = time.monotonic()
            try:
                await asyncio.sleep(BEAT)
            finally:
                busy += timedelta(seconds=max(time.monotonic() - began - BEAT, 0))

    async def pressed() -> list[datetime]:
        rows = (await team.get("/journal", system="slack"))["journal"]
        clicks = [row for row in rows if row["path"] in ("interactive", "/slack/events")]
        return [datetime.fromisoformat(row["at"]) for row in clicks]

    before = len(await pressed())
    beating = asyncio.create_task(beat())
    said = await asyncio.gather(*(team.clicks(who, button, ts=ts) for who in people))
    beating.cancel()
    await asyncio.wait({beating})
    at = (await pressed())[before:]
    assert len(at) == len(people)
    first_ack = timedelta(milliseconds=min(one["ack_ms"] for one in said))
    assert max(at) - min(at) < max(timedelta(milliseconds=50), first_ack) + busy
