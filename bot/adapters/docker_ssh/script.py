"""Script: the one text that runs on a host, and the words that it is given."""

import shlex
from functools import cache
from importlib import resources

PARTS = ("reading.sh", "running.sh", "switching.sh")


@cache
def script() -> str:
    """The same text for every host, every target and every step."""
    folder = resources.files(__package__) / "remote"
    return "".join((folder / name).read_text(encoding="utf-8") for name in PARTS)


def command(action: str, *words: str) -> str:
    """What the host's shell is told. No text of it is built from a value: values are words."""
    return f"bash -c {shlex.quote(script())} gonogo {shlex.join((action, *words))}"
