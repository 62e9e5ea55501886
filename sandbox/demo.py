"""`gonogo demo`: a workspace, the world around it and the bot in it, on this machine alone."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp.web import AppRunner

from sandbox import app
from sandbox.clock import Clock
from sandbox.database import Database
from sandbox.options import Options, Unusable, parse
from sandbox.seeds import Seed
from sandbox.supervisor import BotProcess
from sandbox.world import World

USUAL_PORT = 8080
READY_WITHIN = 60.0  # seconds; the very first start also compiles everything
OURS = "# Written by the sandbox, and written again at its next start.\n"


class Failed(Exception):
    """The demo could not start, for a reason that is no mistake of the caller's."""


def run(arguments: Sequence[str]) -> int:
    """Run the demo until SIGINT or SIGTERM; the answer is the exit status.

    On stdout stands only `ready http://127.0.0.1:P`, once a command typed now would be answered.
    0 when it was told to end, 1 when the bot does not start, 2 for a database or port that cannot
    be taken; raises SystemExit for words that make no sense.
    """
    options = parse(arguments)
    try:
        with TemporaryDirectory(prefix="gonogo-", ignore_cleanup_errors=True) as temporary:
            asyncio.run(_until_told_to_end(options, Path(temporary)))
    except (Unusable, Failed) as why:
        sys.stderr.write(f"{why}\n")
        return 2 if isinstance(why, Unusable) else 1
    return 0


async def _until_told_to_end(options: Options, temporary: Path) -> None:
    demo = asyncio.create_task(_demo(options, temporary))

    def end() -> None:
        if not demo.cancelling():
            demo.cancel()

    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, end)
    with contextlib.suppress(asyncio.CancelledError):
        await demo


async def _demo(options: Options, temporary: Path) -> None:
    database = _database(options, temporary)
    home = database.file.parent if database.file else temporary
    config = home / "gonogo.yaml"
    if options.with_bot:
        await database.claim(options.seed)
    world = World(Seed.named(options.seed), Clock(options.clock), slack_mode=options.slack_mode)
    runner = await _listen(world, options.port)

    async def configure() -> None:
        _write(config, world)

    try:
        if world.seed.on_targets:
            await world.host.start()
        await configure()
        world.prepare = configure
        world.more_env = {
            "DATABASE_URL": database.url,
            "GONOGO_CONFIG": str(config),
            "HOST": app.HOST,
        }
        if options.with_bot:
            await _start_bot(world, database, config)
        sys.stdout.write(f"ready {world.base_url}\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().create_future()
    finally:
        if world.bot:
            await world.bot.stop()
        await runner.cleanup()


async def _start_bot(world: World, database: Database, config: Path) -> None:
    log = config.with_name("bot.log")
    bot = world.bot = BotProcess(world.env(), url=str(world.bot_url), log=log)

    async def begin_anew() -> None:
        _write(config, world)
        bot.env = world.env()  # a seed may be of an App, or have a host
        await database.empty()
        await database.claim(world.seed.name)

    world.prepare = begin_anew
    if not await bot.start(READY_WITHIN):
        raise Failed(f"The bot did not start; its last words:\n{bot.last_words()}")


def _database(options: Options, temporary: Path) -> Database:
    if options.database is None:
        return Database.named("gonogo.db", relative_to=temporary)
    return Database.named(options.database, relative_to=Path.cwd())


def _write(config: Path, world: World) -> None:
    """The bot's configuration; one that a person wrote is left alone."""
    if config.exists() and not config.read_text().startswith(OURS):
        raise Unusable(f"{config} is not the sandbox's: keep the database in another folder")
    config.write_text(OURS + world.gonogo_yaml())


async def _listen(world: World, port: int | None) -> AppRunner:
    """Listen where it was asked, or at the first free port from the usual one on."""
    try:
        return await app.start(world, _next_free(USUAL_PORT) if port is None else port)
    except OSError as error:
        raise Unusable(f"No port to listen on: {error.strerror}") from error


def _next_free(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((app.HOST, port))
        except OSError:
            return _next_free(port + 1)
        return port


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
