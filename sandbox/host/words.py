"""Words: the options of the commands of `docker`, as the sandbox's engine reads them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn


class Failed(Exception):
    """A command that ends with another status than 0, saying this."""


class _Words(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Failed(f"{self.prog}: {message}")


def _parser(name: str, *options: str, flags: Sequence[str] = ()) -> _Words:
    parser = _Words(prog=f"docker {name}", add_help=False, allow_abbrev=False)
    for option in options:
        parser.add_argument(*option.split(), action="append", default=[])
    for flag in flags:
        parser.add_argument(*flag.split(), action="store_true")
    parser.add_argument("words", nargs=argparse.REMAINDER)
    return parser


INSPECT = _parser("inspect", "--type", "-f --format")
PS = _parser("ps", "--filter", "--format", flags=["-a", "--no-trunc", "--quiet"])
RUN = _parser(
    "run",
    *("--name", "--restart", "-p", "--env-file", "--label", "--volume", "--network", "--env"),
    flags=["-d", "--init"],
)
STOP = _parser("stop", "-t")
WAIT = _parser("wait")
UPDATE = _parser("update", "--restart")
LOGS = _parser("logs", "--tail", "--since")
