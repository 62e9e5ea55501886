"""Waiting time: whether the run still stands at the gate that its approvers were asked about, or
has come to another one, which has a waiting time of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.deployments.deployments import Deployment
from bot.ports import Held
from bot.services.desk import Desk
from bot.services.runs import standing


async def goes_on(desk: Desk, before: Deployment, seen: Deployment) -> bool:
    """Whether a job that stood at a gate before was begun: somebody let it in. One that GitHub
    leaves out of its list for a moment was not, and one at somebody else's environment is nothing
    to this deployment.
    """
    let_in = _stood(before).intersection(_begun(seen))
    if not let_in:
        return False
    return bool(let_in - _of_others(seen, await standing.named(desk, seen, let_in)))


async def kept(
    desk: Desk, before: Deployment, seen: Deployment, held: Sequence[Held]
) -> Deployment:
    """The deployment as it was just seen, `held` at these gates; without the end of its waiting
    time where that was another gate's.
    """
    if await _is_another(desk, before, seen, held):
        return seen.with_(expires_at=None, nudged_at=None)
    return seen


async def _is_another(
    desk: Desk, before: Deployment, seen: Deployment, held: Sequence[Held]
) -> bool:
    """Whether a job was let in since its approvers were asked, and none of those that stood there
    then stands there still.
    """
    begun = _begun(seen)
    if before.expires_at is None or not begun:
        return False
    asked_at, stood = before.expires_at - desk.config.approval.expires, _stood(before)
    since = {job for job, at in begun.items() if job in stood or at > asked_at}
    still = stood.intersection(job for one in held for job in one.jobs)
    if not since:
        return False
    places = await standing.named(desk, seen, since | still)
    others = _of_others(seen, places)
    # Of what has passed through GitHub's queue meanwhile only the workflow tells where it stood.
    let_in = {job for job in since - others if job in stood or job in places}
    return bool(let_in) and not still - others


def _of_others(seen: Deployment, places: Mapping[str, str]) -> set[str]:
    """Those jobs whose environment is none of this deployment's."""
    ours = seen.protection.environments if seen.protection else ()
    return {job for job, place in places.items() if place not in ours}


def _stood(before: Deployment) -> set[str]:
    return set(before.progress.waiting if before.progress else ())


def _begun(seen: Deployment) -> dict[str, datetime]:
    """When the jobs of its run were begun, as far as they were."""
    stages = seen.progress.stages if seen.progress else ()
    return {stage.name: stage.started_at for stage in stages if stage.started_at is not None}
