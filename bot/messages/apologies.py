"""Apologies: what is said instead of an answer when a request was not carried out."""

from collections.abc import Iterable

from bot.messages.blocks import Message

FOREIGN = Message("This command came from another workspace, so nothing was done.")
FOREIGN_PRESS = Message("That was pressed in another workspace, so nothing was done.")
CONNECTING = Message(
    "I am still connecting to Slack, so nothing was done. Try again in a few seconds."
)
SLOW_DOWN = Message(
    "Too much of what you asked for was refused, so I did not look at this one. Wait a minute."
)
REPEATED = Message("I have that already.")
AWAY = Message(
    "My database does not answer, so nothing was changed. Try again in a minute. What cannot wait "
    "is done by hand, as without me; I take in later what ran at GitHub meanwhile."
)
CROWDED = Message("Too many people acted at the same time. Nothing was changed; try again.")


def late(reports: str) -> Message:
    """Nobody knows whether it was recorded; `reports` is the command that shows it."""
    return Message(
        "I could not confirm in time that this was recorded. "
        f"Look at {reports} before you try again."
    )


def broken(reference: str) -> Message:
    """A mistake of ours; the log has it under that reference."""
    return Message(f"Something broke on my side, and nothing was changed. Reference: {reference}")


def unknown_command(known: Iterable[str], reports: str) -> Message:
    """A command that is not ours."""
    names = ", ".join(f"`{name}`" for name in known)
    return Message(f"I do not know this command. I answer {names}; try `{reports} help`.")
