"""What `scripts/demo` may be told on its command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.seeds import SERVICES
from sandbox.world import SlackMode

LAST_PORT = 65535


class Unusable(Exception):
    """What the caller named cannot be taken: a database, its folder, a port."""


@dataclass(frozen=True)
class Options:
    """Where None stands: port 8080 or the next free one, a temporary database, the real time."""

    port: int | None = None
    database: str | None = None
    seed: str = "default"
    clock: datetime | None = None
    with_bot: bool = True
    slack_mode: SlackMode = "socket"


def parse(arguments: Sequence[str]) -> Options:
    """Raises SystemExit: 2 with usage on stderr when the words make no sense, 0 after --help."""
    parser = argparse.ArgumentParser(
        prog="gonogo demo", description="A whole workspace to try gonogo in, on this machine alone."
    )
    parser.add_argument("--port", type=_port, metavar="P", help="default: 8080 or the next free")
    parser.add_argument(
        "--db", metavar="URL", help="SQLite file or PostgreSQL URL; default: thrown away at the end"
    )
    parser.add_argument("--seed", choices=sorted(SERVICES), default="default")
    parser.add_argument(
        "--clock", type=_moment, metavar="TIME", help="start at this time, as in 2024-03-26T10:00Z"
    )
    parser.add_argument(
        "--mode", choices=("socket", "http"), default="socket", help="how Slack reaches the bot"
    )
    parser.add_argument("--no-bot", action="store_true", help="the sandbox alone")
    told = parser.parse_args(arguments)
    return Options(
        port=told.port,
        database=told.db,
        seed=told.seed,
        clock=told.clock,
        with_bot=not told.no_bot,
        slack_mode=told.mode,
    )


def _port(word: str) -> int:
    if not word.isdecimal() or int(word) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{word} is no port")
    return int(word)


def _moment(word: str) -> datetime:
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word} is no time") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
