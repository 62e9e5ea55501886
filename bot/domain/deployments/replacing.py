"""Replacing: which deployment gives up its slot to another one, asked for or started outside."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.gates.overrides import standing
from bot.domain.versions import Version

ONLY_WAITS = frozenset({State.REQUESTED, State.CHECKING, State.AWAITING_APPROVAL})


def is_untouched(holder: Deployment) -> bool:
    """Whether nothing of it has ever been sent to GitHub, so that nothing goes on without it."""
    return holder.run_id is None and holder.dispatch is None


def gives_way(holder: Deployment, version: Version) -> bool:
    """Whether what holds the slot may be replaced by this version: it is older, it only waits, and
    nothing of it has ever been sent to GitHub. A way back always is older, and no release takes
    its place.
    """
    older = Version.parse(holder.version)
    only_waits = holder.state in ONLY_WAITS and is_untouched(holder)
    return only_waits and not holder.is_way_back and older is not None and older < version


def must_give_way(holder: Deployment, version: Version) -> None:
    """Refuse to replace what no longer only waits, is not older, or is a way back."""
    if not gives_way(holder, version):
        raise Refusal(
            "not_replaced",
            "Nothing was done: {name} ({version}) is {state} now. Look at its card.",
            name=holder.name,
            version=holder.version,
            state=holder.state,
        )


def is_stuck(holder: Deployment) -> bool:
    """Whether it does not keep others from deploying: it is blocked, and nobody has spoken for it.
    Its run that waits at GitHub would, and so does a way back.
    """
    waits = holder.state is State.AWAITING_APPROVAL and is_untouched(holder)
    return waits and not holder.is_way_back and bool(standing(holder)) and not holder.overrides


def gives_way_to_run(holder: Deployment, kind: Kind, *, is_merge: bool) -> bool:
    """Whether what holds the slot gives way to a run of this kind that somebody started outside,
    which happens already: where it only waits, because what was checked no longer holds, or where
    it waits for a person's decision.

    A merge waits for its turn instead: nobody meant to displace anything by it. A rollback waits
    for its people whatever is started; a degraded one gives way to a run that rolls back. Whose
    database is half back gives way to nothing.
    """
    if is_merge or holder.is_half_back:
        return False
    if holder.kind is not Kind.ROLLBACK:
        return holder.is_waiting or holder.state is State.DEGRADED
    return holder.state is State.DEGRADED and kind is Kind.ROLLBACK
