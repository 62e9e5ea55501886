"""A stage: a world of twenty services in this process, and the bot as a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from sandbox import app
from sandbox.seeds import Seed
from sandbox.supervisor import BotProcess
from sandbox.world import World


@asynccontextmanager
async def stage(mode: Literal["socket", "http"]) -> AsyncIterator[tuple[World, BotProcess]]:
    """The bot keeps what it knows in a SQLite file, and has not been started yet."""
    world = World(Seed.named("many"), slack_mode=mode)
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
        try:
            yield world, bot
        finally:
            await bot.kill()
            await runner.cleanup()
