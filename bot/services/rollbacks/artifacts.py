"""Artifacts: a target's own name for a version, and whether it stands for that version."""

from collections.abc import Iterable
from dataclasses import replace

import structlog

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.validation import Outcome, Reading
from bot.domain.errors import Fault
from bot.domain.rollbacks.targets import Artifact, TargetPlan
from bot.ports import Target, Tx
from bot.services.desk import Desk

log = structlog.get_logger()


def known(earlier: Iterable[Deployment], version: str, commit: str | None, name: str) -> Artifact:
    """What the target ran when that version was good there, without a name where nobody knows."""
    ran = (one.ran.get(name, "") for one in earlier if one.version == version)
    return Artifact(id=next(filter(None, ran), ""), version=version, commit=commit)


async def plan(target: Target, artifact: Artifact) -> TargetPlan:
    """The plan of going to it; a name by which the target knows another version is not used."""
    found = await target.plan(artifact)
    if artifact.id and found.wanted and found.wanted.is_of(artifact) is False:
        return await target.plan(replace(artifact, id=""))
    return found


async def wanted(desk: Desk, deployment: Deployment, name: str, target: Target) -> Artifact:
    """What the target ran when that version was good there, as long as it says nothing else of it;
    where nobody knows, what the target itself finds of that version. Raises Fault.
    """

    def read(tx: Tx) -> Artifact:
        earlier = tx.history(deployment.service, deployment.environment, limit=200)
        commit = deployment.binding.commit if deployment.binding else None
        return known(earlier, deployment.version, commit, name)

    artifact = await desk.store.read(read)
    try:
        found = await plan(target, artifact)
    except Fault:
        if not artifact.id:
            raise
        return artifact
    return found.wanted or artifact


async def look(desk: Desk, deployment: Deployment) -> tuple[dict[str, str], tuple[Reading, ...]]:
    """What each target runs of this version, by its own name for it, and a reading of each that
    runs another. One that does not answer is left out.
    """
    commit = deployment.binding.commit if deployment.binding else None
    ours = Artifact(id="", version=deployment.version, commit=commit)
    ran: dict[str, str] = {}
    others: list[Reading] = []
    for name, target in desk.targets_of(deployment):
        try:
            current = await target.current()
        except Fault as fault:
            log.warning("target_not_read", target=name, error=fault.text)
            continue
        if current is None:
            continue
        if current.is_of(ours) is not False:
            ran[name] = current.id
            continue
        text = f"{name} still runs {current.told}, and not {deployment.version}"
        what = f"target {name}"
        others.append(Reading(what=what, outcome=Outcome.DEGRADED, text=text, at=desk.now()))
    return ran, tuple(others)
