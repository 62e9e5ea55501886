"""Rejudging: what a waiting card says of its gates is kept true, because what blocks may pass."""

from bot.domain.deployments import Deployment
from bot.domain.gates import Verdict
from bot.domain.overrides import standing
from bot.services import closures, evidence
from bot.services.binding import bound_now
from bot.services.desk import Desk


async def rejudged(desk: Desk, deployment: Deployment) -> Deployment:
    """The deployment with the locks and the calendar of now; with every gate's verdict of now where
    one of the others blocks. Raises Fault.
    """
    verdicts = deployment.verdicts
    if any(blocking.gate not in closures.GATES for blocking in standing(deployment)):
        verdicts = await _judged(desk, deployment) or verdicts
    shown = closures.merged(verdicts, await closures.now(desk, deployment))
    return deployment.with_(verdicts=shown)


async def _judged(desk: Desk, deployment: Deployment) -> tuple[Verdict, ...]:
    """What all gates say now; nothing where the tag or the workflow is gone this very moment."""
    bound = await bound_now(desk, deployment)
    if isinstance(bound, str):
        return ()
    live = await desk.store.read(lambda tx: tx.live(deployment.service, deployment.environment))
    found = await evidence.gather(desk, deployment, *bound, live)
    return await evidence.judge(desk, deployment, found)
