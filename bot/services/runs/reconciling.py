"""Reconciling: what to do about a deployment that was sent and has no run yet."""

from dataclasses import replace
from typing import assert_never

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Next, Sent
from bot.domain.deployments.states import State
from bot.domain.errors import Fault
from bot.domain.rollbacks.rescue import Rescue
from bot.services.desk import Desk
from bot.services.rollbacks import rescuing
from bot.services.runs import finding
from bot.services.runs.dispatching import send_again
from bot.services.runs.finding import needs_attention


async def reconcile(desk: Desk, deployment: Deployment) -> None:
    """Look for the run first; send again or ask a person only when there is none."""
    intent = deployment.dispatch
    if deployment.run_id is not None:
        await finding.find_lost(desk, deployment, deployment.run_id)
        return
    if intent is None:
        await desk.save(deployment, deployment.with_(due_at=None))
        return
    if deployment.rescue is not None and intent.sent is Sent.NOT:
        await _give_up(desk, deployment, deployment.rescue)
        return
    try:
        is_settled = await finding.look(desk, deployment, intent)
    except Fault as silent:
        if deployment.state is State.NEEDS_ATTENTION or not intent.is_overdue(desk.now()):
            raise
        why = f"GitHub does not answer ({silent.text}), so nobody knows whether its run began"
        await needs_attention(desk, deployment, f"{why}. Look there, then decide.")
        return
    if is_settled:
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
        case Next.SEND if deployment.rescue is None:
            await send_again(desk, deployment, intent)
        case Next.SEND | Next.ASK:
            why = "GitHub shows no run of it. Look there, then decide."
            await needs_attention(desk, deployment, why)
        case step:
            assert_never(step)


async def _give_up(desk: Desk, deployment: Deployment, wish: Rescue) -> None:
    """It was not sent, and is not sent any more: the rollback begins."""
    text = f"Not sent, because of a rollback to {wish.version}"
    ended = deployment.end(State.CANCELLED, desk.now(), "superseded", text, by=wish.by or None)
    await rescuing.end(desk, deployment, ended, "superseded", version=wish.version)
