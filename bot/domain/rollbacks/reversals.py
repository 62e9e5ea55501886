"""Reversals: a rollback is undone, so that what it took back runs again; who may, and when."""

from collections.abc import Sequence

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.people import Actor, Role, require
from bot.domain.rollbacks import rollbacks
from bot.domain.rollbacks.rollbacks import Way
from bot.domain.rollbacks.target_steps import TargetStep
from bot.domain.rollbacks.targets import Fate
from bot.domain.rollbacks.undoing import was_begun

MAY_REVERSE = (Role.APPROVER, Role.ADMIN)
"""Who may lift the hold that a rollback leaves, alone: both bring back what was rolled back."""

SHORTEST_REASON = 10
"""Characters; what was rolled back had a reason."""


def may_reverse(actor: Actor) -> None:
    """Refuse unless the actor may undo a rollback."""
    require(actor, Role.APPROVER, "undo a rollback", *MAY_REVERSE)


def is_reversible(rollback: Deployment) -> bool:
    """Whether this is a rollback that can be undone at all: it succeeded everywhere, it left what
    it took back known, and the database as it was.
    """
    if rollback.kind is not Kind.ROLLBACK or rollback.state is not State.SUCCEEDED:
        return False
    if rollback.rolls_back is None or was_begun(rollback.steps):
        return False
    return all(step.fate is Fate.SUCCEEDED for step in rollback.steps)


def may_come_again(left: Deployment | None) -> bool:
    """Whether what a rollback took back had run well, so that it may run again."""
    good = left is not None and left.state is State.SUCCEEDED and not left.bad
    return good and bool(left and left.version)


def require_reversible(rollback: Deployment, left: Deployment | None, live: str | None) -> str:
    """The version that comes again. Refuses what makes no sense any more."""
    name = rollback.name
    if not is_reversible(rollback):
        raise Refusal(
            "not_reversible",
            "{name} cannot be undone: only a rollback that succeeded everywhere can be, and only "
            "where it left the database alone.",
            name=name,
        )
    if live != name:
        raise Refusal(
            "live_changed",
            "Meanwhile {live} is live, and not {name}. There is nothing to undo.",
            live=live or "nothing",
            name=name,
        )
    if left is None or not may_come_again(left):
        raise Refusal(
            "never_good",
            "What {name} took back never ran well here, or was marked bad. Deploy it again with "
            "{deploy}, where it is checked and approved.",
            name=name,
        )
    return left.version


def require_free(holder: Deployment | None, version: str) -> None:
    """Refuse beside another deployment, and say what may be expected of it. An undo goes forward,
    so it pushes nothing aside; its button stays until something else is live.
    """
    if holder is None:
        return
    match rollbacks.way(holder):
        case Way.SUPERSEDE:
            then = "only waits there. Press Cancel on its card, then try again"
        case Way.CLOSE:
            then = (
                "has to be decided about first. Press Close as Failed on its card, then try again"
            )
        case _:
            then = (
                "has to end first. If it changes nothing, try again; once it is live there is "
                "nothing left to undo, and {deploy} {version} brings it back"
            )
    raise Refusal(
        "being_changed",
        "Nothing was done: {holder} ({to}) " + then + ".",
        holder=holder.name,
        to=holder.label,
        version=version,
    )


def steps(
    rollback: Deployment, left: Deployment, earlier: Sequence[Deployment]
) -> tuple[TargetStep, ...]:
    """What brings back what it took away, the last target first.

    A step is taken back where it is known to have moved its target away from what ran there: the
    rollback's own, or that of one before it, which was after the same and got half-way. Any other
    target is brought to the version as by a rollback.
    """
    same = (d for d in earlier if d.rolls_back == rollback.rolls_back and d.id < rollback.id)
    newest = (rollback, *sorted(same, key=lambda d: d.id, reverse=True))
    names = [step.target for step in reversed(rollback.steps) if not step.command]
    return tuple(
        TargetStep(target=name, undoes=_moved(name, left.ran.get(name, ""), newest))
        for name in names
    )


def _moved(target: str, away_from: str, rollbacks: Sequence[Deployment]) -> dict[str, str]:
    steps = (step for one in rollbacks for step in one.steps if step.target == target)
    receipts = (step.receipt for step in steps if not step.command)
    return next((r for r in receipts if away_from and r.get("from") == away_from), {})
