"""Undoing: the database changes between two versions that a rollback takes back before the code."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.deployments.migrations import Migration
from bot.domain.errors import Refusal
from bot.domain.rollbacks.rehearsal import Rehearsal
from bot.domain.rollbacks.target_steps import IfFailed, TargetStep
from bot.domain.rollbacks.targets import Fate
from bot.domain.words import listing

COMMANDS = ("status", "verify", "down", "data-integrity")
"""What the workflow is asked to do; `down` alone changes anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """How many migrations are undone, by the files of which version.

    `backup` is what a restore would begin from, `call` whom to call (Slack ids of people and
    groups). A restore is never the bot's. `done_by` names an earlier rollback that began it, for
    certain to its end or not: then nothing more is asked of the database. `is_half_back`: a person
    was left with a database that was touched, and code that was not.
    """

    count: int
    version: str
    commit: str = ""
    backup: str = ""
    call: tuple[str, ...] = ()
    done_by: str = ""
    is_certain: bool = True
    is_half_back: bool = False


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
    and keeps the code from nothing. Nothing where an earlier rollback did it.
    """
    if undoing.done_by:
        return ()
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
    """Whether the way down was begun, however it ended: it is never begun a second time. What was
    declined, or surely never began, was not.
    """
    return not is_untouched(steps)


def is_untouched(steps: Sequence[TargetStep]) -> bool:
    """Whether nothing of the way down was done, for certain."""
    downs = [step for step in steps if step.command == "down"]
    return all(s.began_at is None or s.fate is Fate.FAILED_RESTORED for s in downs)


def was_done(steps: Sequence[TargetStep]) -> bool:
    """Whether the way down ended well."""
    return any(step.command == "down" and step.fate is Fate.SUCCEEDED for step in steps)


def left_half(undoing: Undoing | None, *, half: bool) -> Undoing | None:
    """The same, left to a person between the database and the code, or taken up again."""
    return replace(undoing, is_half_back=half) if undoing else None
