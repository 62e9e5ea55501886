"""How long an ack takes: signed requests over HTTP to the real bot, with others well, hanging or
failing.

`python -m bench.ack [--n 100]`. An ack of /deploy or of a click means verified, authorised,
decided, and committed to the disk. The exit status is how many goals were missed.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import math
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from bench.bare import bare
from bench.figures import Figures, show, write
from bench.stage import stage
from sandbox.slack.rendering import buttons
from sandbox.world import World

SYSTEMS = ("github", "slack", "health")
TROUBLE = {"hangs": "timeout", "fails": "status:502"}
QUICK, IN_TROUBLE, FORM = "p50 ≤ 2 ms, p99 ≤ 10 ms", "p99 ≤ 300 ms", "≤ 2500 ms"
LIMITS = {QUICK: (2.0, 10.0), IN_TROUBLE: (300.0, 300.0), FORM: (2500.0, 2500.0)}
"""Milliseconds that the middle and the tail may take."""

CARDS_WITHIN = 60.0  # seconds
SLOW_FORMS = 5

DEPLOYERS = ("ana", "bo")
APPROVERS = ("dee",)
"""Whoever types is refused too often while others hang, and told to slow down at each press, which
goes another way.
"""

PRESSES = 10
"""In each round, for the same reason."""


async def main(times: int) -> int:
    """Measure, print, and answer how many goals were missed."""
    async with stage("http") as (world, bot), aiohttp.ClientSession(world.base_url) as control:
        people = _People(world, control)
        url = world.bot_url
        async with bare() as server:
            await server.start()
            world.bot_url = server.url
            baseline = [await people.types("/deployments status") for _ in range(times)]
        world.bot_url = url
        if not await bot.start(60):
            raise SystemExit(bot.last_words())
        rows = [Figures("bare aiohttp, nothing checked", baseline)]
        await people.ask_everywhere()
        rows += await _round(people, times, "", QUICK)
        for system, (how, kind) in itertools.product(SYSTEMS, TROUBLE.items()):
            world.faults.add(system=system, kind=kind, count=1_000_000)
            rows += await _round(people, times, f", {system} {how}", IN_TROUBLE)
            if system == "slack":
                slow = [await people.types("/deploy") for _ in range(SLOW_FORMS)]
                rows.append(Figures(f"/deploy opens a form, slack {how}", slow, goal=FORM))
            world.faults.clear()
            await people.are_answered()
        show("ack, one after another", rows)
    missed = [row.name for row in rows if _misses(row)]
    write(f"\nmissed: {'; '.join(missed) or 'nothing'}")
    return len(missed)


def _misses(row: Figures) -> bool:
    p50, p99 = LIMITS.get(row.goal, (math.inf, math.inf))
    return row.p50 > p50 or row.p99 > p99


async def _round(people: _People, times: int, suffix: str, goal: str) -> list[Figures]:
    async def some(act: Callable[[], Awaitable[float]]) -> list[float]:
        return [await act() for _ in range(times)]

    asked = [await people.tries_out(*place) for place in people.places[:times]]
    status = await some(lambda: people.types("/deployments status"))
    pressed = [await people.presses_approve() for _ in range(min(times, PRESSES))]
    return [
        Figures(f"/deploy v1.2.1 SERVICE dry-run{suffix}", asked, goal=goal),
        Figures(f"/deployments status{suffix}", status, goal=goal),
        Figures(f"Approve{suffix}", pressed, goal=goal),
    ]


class _People:
    """What people do, each answered by the milliseconds that the ack took."""

    def __init__(self, world: World, control: aiohttp.ClientSession) -> None:
        self._world = world
        self._control = control
        self._presses = 0
        self.places = list(itertools.product(world.seed.services, DEPLOYERS))

    async def tries_out(self, service: str, who: str) -> float:
        """One dry run: the next one of the same person there would be refused while it goes on."""
        return await self.types(f"/deploy v1.2.1 {service} dry-run", who)

    async def are_answered(self) -> None:
        """Time passes until whatever hung has been tried again."""
        later = {"advance": "PT2M"}
        async with self._control.post("/sandbox/api/clock", json=later) as answer:
            answer.raise_for_status()

    async def types(self, line: str, who: str = "ana") -> float:
        """Somebody types a command."""
        return await self._post("/say", {"as": who, "channel": "deployments", "text": line})

    async def presses_approve(self) -> float:
        """The approvers press Approve on one card after another; the first press decides."""
        cards = [m for m in self._world.slack.channels["C0DEPLOY"].messages.values() if m.metadata]
        cards = [m for m in cards if m.text.startswith("s")]
        card = cards[self._presses % len(cards)]
        who = APPROVERS[self._presses % len(APPROVERS)]
        self._presses += 1
        press = {"as": who, "channel": "deployments", "ts": card.ts, "button": "Approve"}
        return await self._post("/click", press | {"stale": True})

    async def ask_everywhere(self) -> None:
        """A card that waits for approval for each service."""
        services = self._world.seed.services
        wanted = len(services)
        for service in services:
            await self.types(f"/deploy v1.2.1 {service}")
        channel = self._world.slack.channels["C0DEPLOY"]
        async with asyncio.timeout(CARDS_WITHIN):
            with self._world.events.subscribe() as changes:
                while sum("Approve" in buttons(m) for m in channel.messages.values()) < wanted:
                    await changes.get()

    async def _post(self, call: str, body: dict[str, Any]) -> float:
        async with self._control.post(f"/sandbox/api{call}", json=body) as answer:
            said = await answer.json()
        if not said["ok"]:
            write(f"{body}: {said}")
            return 3000.0
        return float(said["ack_ms"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100, help="acks of each kind")
    sys.exit(asyncio.run(main(parser.parse_args().n)))
