"""Hold: what a rollback leaves behind; who may lift it, and what ends it."""

from bot.domain.closures.locks import Lock, LockKind
from bot.domain.deployments.changes import ChangeList
from bot.domain.errors import Refusal
from bot.domain.gates.holds import key
from bot.domain.people import Actor, Role, Who, require

SHORTEST_REASON = 10
"""Characters; what a hold keeps away was bad enough to go back."""


def brings_back(taken: ChangeList | None, brought: ChangeList | None) -> bool:
    """Whether any of what was taken away is among what was brought."""
    if taken is None or brought is None:
        return False
    known = {key(change) for change in brought.changes}
    logged = {commit.sha for commit in brought.log}
    return any(key(change) in known for change in taken.changes) or any(
        commit.sha in logged for commit in taken.log
    )


def may_lift(lock: Lock, actor: Actor) -> None:
    """Refuse unless this is a hold that stands, and this actor may lift it."""
    require(actor, Role.APPROVER, "lift a hold", Role.ADMIN)
    if lock.kind is not LockKind.HOLD:
        raise Refusal("no_hold", "{name} is no hold. Nothing was done.", name=lock.name)
    if lock.opened_at is not None:
        raise Refusal(
            "already_lifted",
            "Nothing was done: the hold {name} was lifted by {who} at {when}.",
            name=lock.name,
            who=Who(lock.opened_by) if lock.opened_by else "a version that mends it",
            when=lock.opened_at,
        )
