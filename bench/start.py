"""How long a start takes: from the spawn to /readyz, with a migrated database; and its memory.

`python -m bench.start [--n 7] [--history 100000]`: with so many deployments behind it.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

from bench.bare import bare
from bench.figures import Figures, show, write
from bench.scale import fill
from bench.stage import stage
from bot.adapters.clocks import SystemClock
from bot.adapters.store import open_store, upgrade
from sandbox.supervisor import BotProcess

WITHIN = 60.0  # seconds


async def main(times: int, history: int) -> None:
    """Measure and print; the first start, which migrates, is not counted."""
    async with bare() as server, stage("socket") as (world, bot):
        if history:
            address = world.more_env["DATABASE_URL"]
            await upgrade(address)
            store = open_store(address, SystemClock(), answers_within=None)
            await fill(store, history)
            await store.close()
        await _start(bot)
        await bot.stop()
        alone, ours, memory = [], [], []
        for _ in range(times):
            alone.append(await _start(server))
            await server.kill()
            ours.append(await _start(bot))
            memory.append(_resident(bot))
            await bot.stop()
    rows = [
        Figures("bare aiohttp", alone),
        Figures("gonogo serve, 20 services", ours, goal="≤ 1200 ms"),
    ]
    show("spawn to ready", rows)
    write(f"resident when ready: {max(memory)} MB (goal ≤ 120 MB)")


async def _start(process: BotProcess) -> float:
    began = time.monotonic()
    if not await process.start(WITHIN):
        raise SystemExit(process.last_words())
    return (time.monotonic() - began) * 1000


def _resident(process: BotProcess) -> int:
    """VmRSS in MB, as Linux tells it."""
    status = Path(f"/proc/{process.state()['pid']}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=7, help="starts")
    parser.add_argument("--history", type=int, default=0, help="deployments in its database")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.n, arguments.history))
