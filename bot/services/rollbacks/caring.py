"""Caring: what people do about a rollback once it is proven, decided inside one transaction."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks import aftercare
from bot.messages.blocks import Message
from bot.messages.rollbacks import aftercare as messages
from bot.ports import Tx
from bot.services.deployments.decisions import load
from bot.services.deployments.requests import as_before


def may_care(tx: Tx, deployment_id: int, slack_id: str) -> Deployment:
    """The rollback, if this person may say what comes after it."""
    deployment = load(tx, deployment_id)
    aftercare.may_care(deployment, as_before(tx, slack_id))
    return deployment


def set_eta(tx: Tx, deployment_id: int, text: str, slack_id: str) -> Message:
    """Note when the fix is expected; the board brings the announcement up to date."""
    deployment = may_care(tx, deployment_id, slack_id)
    eta = aftercare.eta_of(text)
    saved = tx.save(deployment, deployment.with_(eta=eta))
    tx.audit(slack_id, "eta_set", saved.name, eta=eta, before=deployment.eta)
    return messages.eta_is_set(saved)
