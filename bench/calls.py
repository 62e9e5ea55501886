"""How many requests to GitHub one deployment takes: a run of eleven minutes, on the shared clock.

`python -m bench.calls`. Counted at GitHub's side from `/deploy` to the success message, with
webhooks and without. What is answered with 304 is free of GitHub's hourly limit; what is asked for
by the clock, whether anything is deployed or not, is counted apart.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from bench.figures import write
from sandbox import app
from sandbox.journal import Entry
from sandbox.seeds import Seed
from sandbox.supervisor import BotProcess
from sandbox.world import World

RUN = 660  # seconds
WITHIN = 60.0  # seconds, for the start
JOBS = ["guard", "verify", "deploy", "smoke"]
GOALS = {"webhooks": 50, "polling only": 160}
BY_THE_CLOCK = re.compile(r"/git/matching-refs/|/git/tags/|/workflows/[^/]+/runs$")


async def main() -> int:
    """Measure, print, and answer how many goals were missed."""
    missed = 0
    for name, goal in GOALS.items():
        counted, idle = await calls(webhooks=name == "webhooks")
        total = sum(number for _, number in counted)
        free = sum(number for (_, status), number in counted if status == 304)
        missed += total > goal
        write(f"\n{name}: {total} requests (goal ≤ {goal}), of which {free} were free (304);")
        write(f"besides {idle} by the clock")
        routes: Counter[str] = Counter()
        for (route, _), number in counted:
            routes[route] += number
        for route, number in routes.most_common():
            write(f"{number:>5}  {route}")
    return missed


async def calls(*, webhooks: bool) -> tuple[list[tuple[tuple[str, int | None], int]], int]:
    """What one deployment asked of GitHub: ((route, status), how often), and what the clock did."""
    world = World(Seed.named("plain"))
    runner = await app.start(world)
    with TemporaryDirectory(prefix="gonogo-bench-") as name:
        folder = Path(name)
        config = folder / "gonogo.yaml"
        config.write_text(world.seed.gonogo_yaml(world.base_url))
        world.more_env = {
            "DATABASE_URL": f"sqlite:///{folder / 'gonogo.db'}",
            "GONOGO_CONFIG": str(config),
            "HOST": app.HOST,
        }
        bot = BotProcess(world.env(), url=str(world.bot_url), log=folder / "bot.log")
        if not webhooks:
            world.faults.add(system="github", kind="webhooks:drop", count=100_000)
        try:
            if not await bot.start(WITHIN):
                raise SystemExit(bot.last_words())
            async with aiohttp.ClientSession(world.base_url) as control:
                await _settle(control)
                world.journal.clear()
                await _deploy(control)
            entries = [e for e in world.journal.all("github") if e.direction == "from_bot"]
        finally:
            await bot.kill()
            await runner.cleanup()
    ours = [e for e in entries if not BY_THE_CLOCK.search(e.path)]
    return list(Counter((_route(e), e.status) for e in ours).items()), len(entries) - len(ours)


async def _settle(control: aiohttp.ClientSession) -> None:
    """The bot has read what it reads at its start."""
    await _post(control, "/clock", advance="PT2S")


async def _deploy(control: aiohttp.ClientSession) -> None:
    """Ana asks, Bo approves half a minute later, and the run takes its time."""
    script = {"workflow": "release.yml", "script": "auto_success", "seconds": RUN, "jobs": JOBS}
    await _post(control, "/github/preset", **script)
    here = {"channel": "deployments"}
    await _post(control, "/say", **here, **{"as": "ana", "text": "/deploy v1.2.1"})
    await _post(control, "/clock", advance="PT30S")
    ts = (await _messages(control))[0]["ts"]
    await _post(control, "/click", **here, **{"as": "bo", "ts": ts, "button": "Approve"})
    for _ in range(20):
        await _post(control, "/clock", advance="PT60S")
        if any("successfully" in message["rendered"] for message in await _messages(control)):
            return
    raise SystemExit("the deployment did not succeed")


async def _messages(control: aiohttp.ClientSession) -> list[dict[str, Any]]:
    async with control.get("/sandbox/api/messages", params={"channel": "deployments"}) as answer:
        found: list[dict[str, Any]] = (await answer.json())["messages"]
        return found


async def _post(control: aiohttp.ClientSession, call: str, **body: object) -> None:
    async with control.post(f"/sandbox/api{call}", json=body) as answer:
        said = await answer.json()
    if answer.status != 200:
        raise SystemExit(f"{call}: {said}")


def _route(entry: Entry) -> str:
    path = re.sub(r"/[0-9a-f]{40}|/[0-9]+|/v[0-9.]+", "/…", entry.path)
    return f"{entry.method} {path.removeprefix('/repos/acme/app')}"


if __name__ == "__main__":
    sys.exit(min(asyncio.run(main()), 1))
