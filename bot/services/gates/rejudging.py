"""Rejudging: what a waiting card says of its gates is kept true, because what blocks may pass."""

from dataclasses import replace
from datetime import timedelta

from bot.config.gates import gate_rules
from bot.domain.deployments.deployments import Deployment
from bot.domain.gates import of_way_back
from bot.domain.gates.overrides import standing
from bot.ports import Tag, Workflow
from bot.services.closures import closures
from bot.services.desk import Desk
from bot.services.gates import evidence
from bot.services.rollbacks import rehearsing

EVERY = timedelta(minutes=5)
"""How often everything that the card shows is read again; what blocks is looked at each time."""


async def rejudged(desk: Desk, deployment: Deployment, tag: Tag, workflow: Workflow) -> Deployment:
    """The deployment with the locks and the calendar of now; with every gate's verdict of now where
    one of the others blocks, or its run is begun as soon as none does; and every few minutes.
    Raises Fault.
    """
    read_at = deployment.judged_at
    is_old = read_at is None or desk.now() - read_at >= EVERY * desk.github.slowness()
    begins = deployment.protection is not None and deployment.run_id is None
    blocking = (found.gate not in closures.GATES for found in standing(deployment))
    if is_old or begins or any(blocking):
        seen = await _judged(desk, deployment, tag, workflow)
    else:
        seen = await _rehearsed(desk, deployment)
    shown = closures.merged(seen.verdicts, await closures.now(desk, deployment))
    return seen.with_(verdicts=shown)


async def _judged(desk: Desk, deployment: Deployment, tag: Tag, workflow: Workflow) -> Deployment:
    """With what all gates say now."""
    live = await desk.store.read(lambda tx: tx.live(deployment.service, deployment.environment))
    found = await evidence.gather(desk, deployment, tag, workflow, live)
    return await evidence.looked_at(desk, deployment, workflow, found)


async def _rehearsed(desk: Desk, deployment: Deployment) -> Deployment:
    """With the way back as it is now, where it is time to look again."""
    found = await rehearsing.known(desk, deployment)
    if found is None or found == deployment.rehearsal:
        return deployment
    rules = gate_rules(desk.config, deployment.service, deployment.environment)
    verdict = replace(of_way_back(found, rules), at=found.at)
    others = tuple(v for v in deployment.verdicts if v.gate != verdict.gate)
    place = next(
        (i for i, v in enumerate(deployment.verdicts) if v.gate == verdict.gate), len(others)
    )
    verdicts = (*others[:place], verdict, *others[place:])
    return deployment.with_(verdicts=verdicts, rehearsal=found)
