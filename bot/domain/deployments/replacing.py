"""Replacing: skipping an older version that only waits, by a newer one in the same slot."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Refusal
from bot.domain.versions import Version

ONLY_WAITS = frozenset({State.REQUESTED, State.CHECKING, State.AWAITING_APPROVAL})


def is_untouched(holder: Deployment) -> bool:
    """Whether nothing of it has ever been sent to GitHub, so that nothing goes on without it."""
    return holder.run_id is None and holder.dispatch is None


def gives_way(holder: Deployment, version: Version) -> bool:
    """Whether what holds the slot may be replaced by this version: it is older, it only waits, and
    nothing of it has ever been sent to GitHub.
    """
    older = Version.parse(holder.version)
    only_waits = holder.state in ONLY_WAITS and is_untouched(holder)
    return only_waits and older is not None and older < version


def must_give_way(holder: Deployment, version: Version) -> None:
    """Refuse to replace what no longer only waits, or is not older."""
    if not gives_way(holder, version):
        raise Refusal(
            "not_replaced",
            "Nothing was done: {name} ({version}) is {state} now. Look at its card.",
            name=holder.name,
            version=holder.version,
            state=holder.state,
        )
