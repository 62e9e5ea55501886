"""Deeds: how surely the roles of those have to be known who ask for a deployment or approve it."""

from bot.domain.approvals.approvals import deed
from bot.domain.deployments.deployments import Deployment
from bot.domain.people import Deed
from bot.domain.rollbacks import rollbacks
from bot.ports import Tx
from bot.services.desk import Desk
from bot.services.rollbacks.past import past


def deed_in(tx: Tx, deployment: Deployment) -> Deed:
    """What asking for it, approving it and sending it is, as the history of its place tells."""
    history = past(tx, deployment.service, deployment.environment)
    return deed(deployment, was_live=rollbacks.was_live(history, deployment.version))


async def deed_of(desk: Desk, deployment: Deployment) -> Deed:
    """The same for whoever has no transaction."""
    return await desk.store.read(lambda tx: deed_in(tx, deployment))
