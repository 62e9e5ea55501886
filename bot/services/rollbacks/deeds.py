"""Deeds: how surely the roles of those have to be known who ask for a deployment or approve it."""

from bot.domain.approvals.approvals import deed
from bot.domain.deployments.deployments import Deployment
from bot.domain.people import Deed
from bot.domain.rollbacks import rollbacks
from bot.ports import Tx
from bot.services.desk import Desk
from bot.services.rollbacks.past import past


async def deed_of(desk: Desk, deployment: Deployment) -> Deed:
    """What asking for it and approving it is, as the history of its place tells."""

    def was_live(tx: Tx) -> bool:
        history = past(tx, deployment.service, deployment.environment)
        return rollbacks.was_live(history, deployment.version)

    return deed(deployment, was_live=await desk.store.read(was_live))
