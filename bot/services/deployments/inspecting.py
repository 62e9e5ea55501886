"""Inspecting: the database is looked at after a deployment that brought migrations; that comes
after its success, and never delays it.
"""

import secrets
from dataclasses import replace
from datetime import timedelta

from bot.config import Config
from bot.domain.deployments import inspections
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.inspections import Inspection
from bot.domain.deployments.states import State
from bot.domain.deployments.validation import Validation
from bot.domain.errors import Declined, Fault, Unanswered
from bot.domain.rollbacks import switching
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Fate
from bot.messages.deployments import inspections as messages
from bot.ports import Tx
from bot.services.desk import Desk, reply, retry_in
from bot.services.rollbacks import undoing as databases
from bot.services.rollbacks.host_step import HostStep
from bot.services.runs.workflow_step import WorkflowStep

LOOK_EVERY = timedelta(seconds=10)

STARTS_WITHIN = timedelta(seconds=90)
"""Longer than any start of a look takes; until then no other bot touches it."""


def follow(config: Config, tx: Tx, old: Deployment, new: Deployment) -> None:
    """Have the database looked at when such a deployment succeeds."""
    if new.state is not State.SUCCEEDED or old.state is State.SUCCEEDED:
        return
    if not inspections.is_for(new):
        return
    configured = is_configured(config, new.service)
    list_ = messages.reply(new, configured=configured)
    tx.post(reply(config, new, "database", list_))
    if configured:
        word, steps = f"{new.name}-{secrets.token_hex(4)}", inspections.steps()
        wish = Inspection(deployment=new.id, request_id=word, steps=steps, due_at=tx.now)
        tx.add_inspection(wish)


def is_configured(config: Config, service: str) -> bool:
    """Whether anything can look at the database of this service."""
    settings = config.services[service].migrations if service in config.services else None
    return settings is not None and settings.can_ask


async def step(desk: Desk, deployment_id: int) -> None:
    """Bring the first look that has not ended one step further, if that is still due."""
    found, deployment = await desk.store.read(
        lambda tx: (tx.inspection(deployment_id), tx.deployment(deployment_id))
    )
    if found is None or deployment is None or found.due_at is None:
        return
    if found.due_at > desk.now():  # another bot on this database was first
        return
    place = switching.following(found.steps, stop_on_failure=False)
    if place is None:
        await desk.store.run(lambda tx: tx.save_inspection(found, found.with_(due_at=None)))
        return
    one, now = found.steps[place], desk.now()
    run = await databases.step(desk, deployment, one)
    operation = f"{found.request_id}-{place + 1}-{one.attempt}"
    if run is None:
        await _keep(desk, found, place, one.failed("what looks at it is no longer configured", now))
    elif one.progress is Progress.WAITING:
        begun = replace(one, progress=Progress.STARTING, began_at=now)
        taken = await _keep(desk, found, place, begun, pause=STARTS_WITHIN)
        await _send(desk, taken, place, run, operation)
    elif one.progress is Progress.STARTING:
        receipt, sight = await run.find(operation, one.began_at or now)
        if not receipt and sight.fate is Fate.FAILED_RESTORED:  # it never began, and will not
            await _keep(desk, found, place, replace(one, progress=Progress.WAITING))
            return
        lost = sight.fate is Fate.UNKNOWN
        seen = replace(one, receipt=receipt, progress=Progress.RUNNING) if receipt else one
        await _keep(desk, found, place, seen.ended(sight) if lost else seen)
    else:
        sight = await run.watch(one.receipt, one.began_at)
        lost = sight.fate is Fate.UNKNOWN
        await _keep(desk, found, place, one.ended(sight) if lost else one.seen(sight))


async def _send(
    desk: Desk, found: Inspection, place: int, run: WorkflowStep | HostStep, operation: str
) -> None:
    one = found.steps[place]
    try:
        receipt = await run.start(operation)
    except Declined as no:
        await _keep(desk, found, place, one.failed(no.text, desk.now()))
    except Unanswered:
        await _keep(desk, found, place, one)
    except Fault as fault:  # nothing was sent
        waiting = replace(one, progress=Progress.WAITING)
        pause = retry_in(found.failures, fault.retry_after)
        await _keep(desk, found, place, waiting, pause=pause, failures=found.failures + 1)
    else:
        running = replace(one, progress=Progress.RUNNING, receipt=receipt)
        await _keep(desk, found, place, running)


async def _keep(
    desk: Desk,
    found: Inspection,
    place: int,
    one: TargetStep,
    *,
    pause: timedelta = LOOK_EVERY,
    failures: int = 0,
) -> Inspection:
    """Store the look; what it showed once it has ended is a reading of the deployment."""
    steps = (*found.steps[:place], one, *found.steps[place + 1 :])
    over = one.progress is Progress.ENDED

    def keep(tx: Tx) -> Inspection:
        due = tx.now if over else tx.now + pause
        kept = tx.save_inspection(found, found.with_(steps=steps, due_at=due, failures=failures))
        deployment = tx.deployment(found.deployment)
        if over and deployment is not None:
            _read(desk.config, tx, deployment, one)
        return kept

    return await desk.store.run(keep)


def _read(config: Config, tx: Tx, deployment: Deployment, one: TargetStep) -> None:
    before = deployment.validation or Validation(started_at=tx.now)
    shown = before.having(*switching.readings((one,)))
    saved = tx.save(deployment, deployment.with_(validation=shown))
    detail = {"look": one.target, "fate": one.fate, "text": one.text}
    tx.audit("gonogo", "database_looked_at", saved.name, **detail)
    if one.fate is not Fate.SUCCEEDED:
        tx.post(reply(config, saved, f"database-{one.target}", messages.not_good(saved, one)))
