"""A stage: a world in this process, and the bot as another that may be killed at any time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from sandbox import app
from sandbox.clock import Clock
from sandbox.github.runs import Run
from sandbox.github.scripts import Script
from sandbox.seeds import Seed
from sandbox.slack.messages import Message
from sandbox.world import World
from tests.chaos.nursery import ForkedBot, Nursery

Json = dict[str, Any]
TUESDAY = datetime(2024, 3, 26, 10, 0, tzinfo=UTC)
WORKFLOW = "release.yml"
RUN_SECONDS = 8.0  # how long a run of the workflow takes, on the shared clock
START_WITHIN = 30.0  # seconds of real time; the machine may be busy with other tests


@dataclass
class Stage:
    """The world, the bot in it, and what it keeps."""

    world: World
    bot: ForkedBot
    control: aiohttp.ClientSession
    database: Path

    async def post(self, call: str, **body: Any) -> Json:
        """A call of the control API; the answer tells whether it was accepted."""
        async with self.control.post(f"/sandbox/api{call}", json=body) as answer:
            data: Json = await answer.json()
            return data

    async def start(self) -> None:
        """Start the bot and wait until it would answer a command."""
        assert await self.bot.start(START_WITHIN), await self._why_not()

    async def _why_not(self) -> str:
        """What the bot waits for, and its last words."""
        if self.bot.state()["state"] == "stopped":
            return self.bot.last_words()
        async with aiohttp.ClientSession() as session, session.get(f"{self.bot.url}/readyz") as it:
            return f"{await it.text()}\n{self.bot.last_words()}"

    async def kill(self) -> None:
        """Kill the bot; the clock, which it may have been walking with, waits for it no more."""
        await self.bot.kill()
        self.world.clock.left()

    async def passes(self, seconds: float) -> None:
        """Time goes on, with or without the bot."""
        await self.world.clock.advance(timedelta(seconds=seconds))

    async def goes_on(self, step: float, pause: float) -> None:
        """Time passes for ever: a step of shared seconds, then a pause of real ones."""
        while True:
            await self.passes(step)
            await asyncio.sleep(pause)

    def messages(self) -> list[Message]:
        """What stands at the top level of #deployments, oldest first."""
        channel = self.world.slack.channel_named("deployments")
        return [m for m in channel.messages.values() if not m.is_reply and not m.ephemeral_for]

    def runs(self) -> list[Run]:
        """The runs that were dispatched since the beginning, oldest first."""
        began = self.world.github.actions.runs.values()
        return [
            run for run in began if run.event == "workflow_dispatch" and "request_id" in run.inputs
        ]


@asynccontextmanager
async def stage(
    folder: Path,
    nest: Nursery,
    seed: str = "many",
    changed: Callable[[str], str] = str,
    targets: Callable[[World], Sequence[Json]] | None = None,
) -> AsyncIterator[Stage]:
    """A world made from a seed, on a Tuesday morning; the bot has not been started yet. `changed`
    is done to its gonogo.yaml. With `targets`, a host to log in to is up.
    """
    world = World(Seed.named(seed), Clock(TUESDAY))
    runner = await app.start(world)
    try:
        # A bot that is started twenty times in some minutes asks more than any normal hour does.
        world.github.limits.per_hour = 100_000
        actions, repos = world.github.actions, world.github.repositories.values()
        actions.preset(repos, WORKFLOW, Script(seconds=RUN_SECONDS))
        if targets is not None:
            await world.host.start()
        placed = targets(world) if targets else ()
        database, config = folder / "gonogo.db", folder / "gonogo.yaml"
        config.write_text(changed(world.seed.gonogo_yaml(world.base_url, placed)))
        world.more_env = {
            "DATABASE_URL": f"sqlite:///{database}",
            "GONOGO_CONFIG": str(config),
            "HOST": app.HOST,
        }
        bot = ForkedBot(nest, world.env(), url=str(world.bot_url), log=folder / "bot.log")
        async with aiohttp.ClientSession(world.base_url) as control:
            try:
                yield Stage(world, bot, control, database)
            finally:
                await bot.kill()
    finally:
        await runner.cleanup()
