"""Freezes in words: what the channel, whoever set one, and whoever asks read of them."""

from datetime import datetime, tzinfo

from bot.domain.closures.freezes import SetFreeze
from bot.domain.closures.windows import Freeze
from bot.messages import blocks as b
from bot.messages.blocks import Message


def announced(freeze: SetFreeze) -> Message:
    """What the channel reads when an admin sets a freeze."""
    return Message(
        f"{b.mention(freeze.set_by)} froze {_where(freeze.service)} {_when(freeze.freeze)}: "
        f"{b.line(freeze.name)}"
    )


def was_set(freeze: SetFreeze, zone: tzinfo, command: str) -> Message:
    """The answer to whoever set it, with the exact times as they were understood."""
    start, end = (_exact(at, zone) for at in (freeze.freeze.start, freeze.freeze.end))
    return Message(
        f"{b.line(freeze.name)} is set: nothing but a rollback or a hotfix goes to "
        f"{_where(freeze.service)} from {start} up to {end} {zone}. "
        f"Lift it with `{b.line(command)} freeze lift {b.line(freeze.name)}`."
    )


def lifted(freeze: SetFreeze, by: str) -> Message:
    """What the channel reads when an admin lifts a freeze."""
    of = "" if by == freeze.set_by else f", which {b.mention(freeze.set_by)} had set"
    return Message(
        f"{b.mention(by)} lifted the freeze of {_where(freeze.service)}: {b.line(freeze.name)}{of}."
    )


def was_lifted(freeze: SetFreeze) -> Message:
    """The answer to whoever lifted it."""
    return Message(f"The freeze {b.line(freeze.name)} is lifted.")


def held_line(service: str, freeze: Freeze, set_by: str, now: datetime) -> str:
    """One freeze in a list; `set_by` is empty for one of gonogo.yaml."""
    word = "holds" if freeze.start <= now else "is to come"
    warns = ", warns only" if freeze.warns else ""
    by = f"set by {b.mention(set_by)}" if set_by else "from gonogo.yaml"
    return (
        f"*Freeze {b.line(freeze.name)}, {_where(service)}*: {word}{warns}, {_when(freeze)}, {by}"
    )


def _where(service: str) -> str:
    return f"{b.line(service, 80)} production" if service else "production of every service"


def _when(freeze: Freeze) -> str:
    return f"from {b.when(freeze.start)} to {b.when(freeze.end)}"


def _exact(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%A %Y-%m-%d %H:%M}"
