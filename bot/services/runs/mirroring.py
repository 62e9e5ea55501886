"""Mirroring: GitHub's own page tells the truth about our deployments, and holds none of them up."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from bot.config import Config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.mirrors import (
    Mirror,
    Shown,
    has_to_be_written,
    key_of,
    place_of,
    ref_of,
    should_show,
)
from bot.domain.deployments.states import State
from bot.domain.errors import Declined, Fault, NotFound
from bot.messages.deployments.cards import status
from bot.ports import Announced, Tx
from bot.services.desk import Desk, retry_in
from bot.services.runs.protecting import configured

log = structlog.get_logger()
GIVE_UP = timedelta(hours=24)
"""What GitHub could not be told in this time after the end is not told any more."""

LOST_AFTER = timedelta(seconds=60)
"""Whoever took the work and said nothing by then is gone; longer than all its requests may take."""

_SHOWN = frozenset(
    {
        State.RUNNING,
        State.SWITCHING,
        State.VALIDATING,
        State.DEGRADED,
        State.ABORTING,
        State.SUCCEEDED,
        State.FAILED,
        State.CANCELLED,
    }
)


def follow(config: Config, tx: Tx, old: Deployment, new: Deployment) -> None:
    """Note that GitHub has to show a deployment, from its first step in production on."""
    service = config.services.get(new.service)
    if service is None or not service.github_deployments or new.state not in _SHOWN:
        return
    if old.is_terminal and new.is_terminal:
        return  # a note on what is over makes nothing new
    was_begun = new.run_id is not None or new.steps
    if was_begun and not new.dry_run and not new.adopted and tx.mirror(new.id) is None:
        # Where exactly is looked up when it is written.
        tx.add_mirror(Mirror(deployment=new.id, repo=new.repo, environment=new.environment))


def due(desk: Desk, found: Iterable[tuple[Deployment, Mirror]]) -> list[int]:
    """Ids of the deployments of which GitHub does not show yet what it should."""
    return [d.id for d, mirror in found if _differs(desk, d, mirror)]


def _differs(desk: Desk, deployment: Deployment, mirror: Mirror) -> bool:
    shown = should_show(deployment, desk.deploy_job(deployment))
    return deployment.is_terminal or shown not in (Shown.NOTHING, mirror.shown)


async def mirror(desk: Desk, deployment_id: int) -> None:
    """Write what GitHub does not show yet; what fails is tried again and disturbs nobody."""
    taken = await desk.store.run(lambda tx: _claim(tx, deployment_id))
    if taken is None:
        return
    deployment, before = taken
    shown = should_show(deployment, desk.deploy_job(deployment))
    changes: dict[str, Any]
    try:
        after = await _shown(desk, deployment, before, shown)
    except (Declined, NotFound) as no:  # for one, the token may not: nobody needs to hear it twice
        log.warning("not_mirrored", deployment=deployment.name, error=no.text)
        changes = {"done": True, "due_at": None}
    except Fault as fault:
        changes = _put_off(desk, deployment, before, fault)
    else:
        changes = {"number": after.number, "ours": after.ours, "shown": after.shown}
        changes |= {"environment": after.environment}
        changes |= {"done": deployment.is_terminal, "failures": 0, "due_at": None}
    await desk.store.run(lambda tx: _note(tx, before, **changes))


def _claim(tx: Tx, deployment_id: int) -> tuple[Deployment, Mirror] | None:
    """Nobody else does it meanwhile."""
    deployment, mirror = tx.deployment(deployment_id), tx.mirror(deployment_id)
    if deployment is None or mirror is None or mirror.done:
        return None
    if mirror.due_at is not None and tx.now < mirror.due_at:
        return None
    return deployment, tx.save_mirror(mirror, replace(mirror, due_at=tx.now + LOST_AFTER))


def _note(tx: Tx, claimed: Mirror, **changes: Any) -> Mirror:
    """Store what is known now, unless somebody else took the work since it was claimed."""
    now = tx.mirror(claimed.deployment) or claimed
    return tx.save_mirror(claimed, replace(now, **changes))


async def _shown(desk: Desk, deployment: Deployment, before: Mirror, shown: Shown) -> Mirror:
    """The mirror once GitHub shows it. Raises Fault."""
    if before.done or shown in (Shown.NOTHING, before.shown):
        return before
    known = before
    if known.number is None:
        place = await _place(desk, deployment)
        known = await _found(desk, deployment, replace(before, environment=place))
    if known.number is None:
        announced = Announced(
            ref=ref_of(deployment),
            environment=known.environment,
            is_production=deployment.environment == "production",
            key=key_of(deployment),
            name=deployment.name,
            description=f"{deployment.name}: {deployment.kind} of {deployment.label}",
        )
        known = replace(known, number=await desk.mirrors.create(deployment.repo, announced))
        # Kept at once: whatever fails from here on, this one is not made again.
        made = {"number": known.number, "environment": known.environment}
        await desk.store.run(lambda tx: _note(tx, before, **made))
    if has_to_be_written(known, deployment, shown):
        await _show(desk, deployment, known, shown, status(deployment))
    if shown is Shown.SUCCESS:
        await _retire(desk, deployment, known)
    return replace(known, shown=shown)


async def _place(desk: Desk, deployment: Deployment) -> str:
    """The environment that shows it; the workflow is read only where it can be another than ours.
    Raises Fault.
    """
    place = deployment.service, deployment.environment
    protection, file = configured(desk.config, *place), desk.config.workflow(*place)
    if protection is None or file is None or protection.environments == place[1:]:
        return deployment.environment
    try:
        workflow = await desk.github.workflow(deployment.repo, file)
    except NotFound:
        return deployment.environment
    named = workflow.environment_of(desk.job_of(*place, file) or "")
    return place_of(deployment, protection, named)


async def _found(desk: Desk, deployment: Deployment, before: Mirror) -> Mirror:
    """One that is there already: ours, whose answer was lost, or the run's own."""
    found = await desk.mirrors.find(
        deployment.repo,
        before.environment,
        key=key_of(deployment),
        run_id=deployment.run_id,
        since=deployment.requested_at,
    )
    return replace(before, number=found[0], ours=found[1]) if found else before


async def _retire(desk: Desk, deployment: Deployment, current: Mirror) -> None:
    """What was live before is inactive now; what GitHub no longer has is so, too."""
    live = await desk.store.read(lambda tx: tx.mirrors_live(current.repo, current.environment))
    for other in live:
        if other.deployment < current.deployment:
            text = f"Replaced by {deployment.name}"
            try:
                await _show(desk, deployment, other, Shown.INACTIVE, text)
            except (Declined, NotFound) as no:
                log.warning("not_retired", deployment=other.deployment, error=no.text)
            gone = partial(_note, claimed=other, shown=Shown.INACTIVE, done=True)
            await desk.store.run(gone)


async def _show(desk: Desk, of: Deployment, mirror: Mirror, shown: Shown, text: str) -> None:
    assert mirror.number is not None
    mine = mirror.deployment == of.id
    url = desk.public_url(of) if mine else None
    log_url = of.run_url if mine else None
    await desk.mirrors.show(mirror.repo, mirror.number, shown, log_url=log_url, url=url, text=text)


def _put_off(desk: Desk, deployment: Deployment, before: Mirror, fault: Fault) -> dict[str, Any]:
    now = desk.now()
    ended = deployment.settled_at
    log.warning("mirror_waits", deployment=deployment.name, error=fault.text)
    return {
        "failures": before.failures + 1,
        "due_at": now + retry_in(before.failures, fault.retry_after),
        "done": ended is not None and now - ended > GIVE_UP,
    }
