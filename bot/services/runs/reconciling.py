"""Reconciling: what to do about a deployment that was sent and has no run yet."""

from dataclasses import replace
from typing import assert_never

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Next
from bot.domain.deployments.states import State
from bot.services.desk import Desk
from bot.services.runs import finding
from bot.services.runs.dispatching import send_again


async def reconcile(desk: Desk, deployment: Deployment) -> None:
    """Look for the run first; send again or ask a person only when there is none."""
    intent = deployment.dispatch
    if deployment.run_id is not None:
        await finding.find_lost(desk, deployment, deployment.run_id)
        return
    if intent is None:
        await desk.save(deployment, deployment.with_(due_at=None))
        return
    if await finding.look(desk, deployment, intent):
        return
    if deployment.state is State.DISPATCHING:  # its answer never came to be stored
        lost = deployment.to(State.UNKNOWN, desk.now(), dispatch=replace(intent, accepted=None))
        await desk.save(
            deployment, lost, action="unanswered", detail={"why": "the answer was lost"}
        )
        return
    if deployment.state is State.NEEDS_ATTENTION:
        await finding.wait(desk, deployment, intent)
        return
    match intent.next(desk.now()):
        case Next.SEARCH:
            await finding.wait(desk, deployment, intent)
        case Next.SEND:
            await send_again(desk, deployment, intent)
        case Next.ASK:
            why = "GitHub shows no run of it. Look at the Actions page, then decide."
            await finding.needs_attention(desk, deployment, why)
        case step:
            assert_never(step)
