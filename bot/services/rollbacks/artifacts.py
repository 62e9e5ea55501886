"""Artifacts: a target's own name for a version, and whether it stands for that version."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

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


async def look(desk: Desk, deployment: Deployment) -> tuple[dict[str, str], dict[str, str]]:
    """What each target runs of this version, by its own name for it, and what each that runs
    another runs, as people call that. One that does not answer is left out.
    """
    commit = deployment.binding.commit if deployment.binding else None
    ours = Artifact(id="", version=deployment.version, commit=commit)
    ran: dict[str, str] = {}
    others: dict[str, str] = {}
    for name, target in desk.targets_of(deployment):
        try:
            current = await target.current()
        except Fault as fault:
            log.warning("target_not_read", target=name, error=fault.text)
            continue
        if current is None:
            continue
        if current.is_of(ours) is False:
            others[name] = current.told
        else:
            ran[name] = current.id
    return ran, others


def readings(deployment: Deployment, others: Mapping[str, str], at: datetime) -> Iterator[Reading]:
    """A reading of each target that runs another version than this one."""
    for name, told in others.items():
        text = f"{name} still runs {told}, and not {deployment.version}"
        yield Reading(what=f"target {name}", outcome=Outcome.DEGRADED, text=text, at=at)
