"""Undoing: the database changes between two versions that a rollback takes back before the code."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import Refusal
from bot.domain.migrations import Migration
from bot.domain.rehearsal import Rehearsal
from bot.domain.switching import IfFailed, TargetStep
from bot.domain.words import listing

COMMANDS = ("status", "verify", "down", "data-integrity")
"""What the workflow is asked to do; `down` alone changes anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """How many migrations are undone, by the files of which version.

    `backup` is what a restore would begin from, `call` whom to call (Slack ids of people and
    groups). A restore is never the bot's.
    """

    count: int
    version: str
    commit: str = ""
    backup: str = ""
    call: tuple[str, ...] = ()


def between(rehearsal: Rehearsal | None, version: str) -> tuple[Migration, ...] | None:
    """The migrations since that version, as they were found when the live one was asked for; None
    where nobody knows them.
    """
    if rehearsal is None or rehearsal.version != version or rehearsal.unread:
        return None
    return rehearsal.migrations


def require_reversible(migrations: Sequence[Migration]) -> None:
    """Refuse to undo what has no way down, or may have none."""
    if stuck := [one.name for one in migrations if one.has_down is not True]:
        raise Refusal(
            "irreversible",
            "Nothing was done: {names} cannot be undone. Go back with the code alone, or have "
            "the database restored from its backup by whoever looks after it.",
            names=listing(stuck),
        )


def steps(undoing: Undoing) -> tuple[TargetStep, ...]:
    """What is asked of the database, in order: what it looks like, the way down, what it looks like
    then. Nothing is changed unless both looks before it went well; what is seen after it is told,
    and keeps the code from nothing.
    """
    before = tuple(
        TargetStep(target=f"migrate:{command} before", command=command, if_failed=IfFailed.STOPS)
        for command in ("status", "verify")
    )
    down = TargetStep(
        target=f"migrate:down {undoing.count}", command="down", if_failed=IfFailed.STOPS
    )
    after = tuple(
        TargetStep(target=f"migrate:{command} after", command=command, if_failed=IfFailed.IS_TOLD)
        for command in ("status", "verify")
    )
    return (*before, down, *after)


def was_begun(steps: Sequence[TargetStep]) -> bool:
    """Whether the way down was begun, however it ended: it is never begun a second time."""
    return any(step.command == "down" and step.began_at for step in steps)
