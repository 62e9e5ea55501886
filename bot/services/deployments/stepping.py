"""Stepping: one step of one deployment, whichever its state asks for."""

from contextlib import nullcontext
from typing import assert_never

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.steps import Step, cannot_wait, next_step
from bot.domain.errors import Fault
from bot.services.deployments import approval_watch, checking, validating
from bot.services.deployments.silences import heard
from bot.services.deployments.waiting import wait_for
from bot.services.desk import Desk
from bot.services.rollbacks import switching
from bot.services.runs import answering, dispatching, watching
from bot.services.runs.reconciling import reconcile


async def step(desk: Desk, deployment_id: int) -> None:
    """Bring it one step further, if that is still due; what does not answer is waited for."""
    deployment = await desk.store.read(lambda tx: tx.deployment(deployment_id))
    if deployment is None or deployment.due_at is None or deployment.due_at > desk.now():
        return  # another bot on this database was first
    hurry = desk.github.urgently() if cannot_wait(deployment) else nullcontext()
    async with heard(desk, deployment_id):
        try:
            with hurry:
                await _take(desk, deployment)
        except Fault as fault:
            await wait_for(desk, deployment_id, fault)


async def _take(desk: Desk, deployment: Deployment) -> None:
    match next_step(deployment):
        case Step.CHECK:
            await checking.check(desk, deployment)
        case Step.WATCH_APPROVAL:
            await approval_watch.watch_approval(desk, deployment)
        case Step.DISPATCH:
            await dispatching.dispatch(desk, deployment)
        case Step.ANSWER_GATE:
            await answering.answer(desk, deployment)
        case Step.FIND_RUN:
            await reconcile(desk, deployment)
        case Step.WATCH_RUN:
            await watching.watch_run(desk, deployment)
        case Step.SWITCH:
            await switching.switch(desk, deployment)
        case Step.VALIDATE:
            await validating.validate(desk, deployment)
        case Step.WATCH_HEALTH:
            await validating.watch_health(desk, deployment)
        case Step.NOTHING:
            await desk.save(deployment, deployment.with_(due_at=None))
        case unknown:
            assert_never(unknown)
