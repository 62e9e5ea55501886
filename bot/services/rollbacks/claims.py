"""Claims: the step of a rollback that one bot is sending is taken up by no other."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks.switching import Progress
from bot.ports import Tx
from bot.services.desk import Desk
from bot.services.rollbacks import deadlines

STARTS_WITHIN = timedelta(seconds=90)
"""Longer than any start of a step takes."""


async def take(desk: Desk, deployment: Deployment, place: int) -> Deployment:
    """Store that one step is about to be sent, before it is; it is looked for again only when that
    must have ended.
    """
    now, step = desk.now(), deployment.steps[place]
    begun = replace(step, progress=Progress.STARTING, began_at=now)
    timed = deadlines.timed(desk, deployment, step, begun)
    steps = (*deployment.steps[:place], timed, *deployment.steps[place + 1 :])
    due_at = now + STARTS_WITHIN
    taken = deployment.with_(steps=steps, due_at=due_at, waiting_for="")
    return await desk.save(deployment, taken)


async def let_go(desk: Desk, taken: Deployment) -> None:
    """Have the step looked for at once: its answer could not be stored, because somebody changed
    something else about the rollback meanwhile.
    """

    def hurry(tx: Tx) -> None:
        current = tx.deployment(taken.id)
        if current and (current.state, current.steps) == (taken.state, taken.steps):
            tx.save(current, current.with_(due_at=tx.now))

    await desk.store.run(hurry)
