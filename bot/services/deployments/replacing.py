"""Replacing: a newer version in the place of an older one that only waits, by a person's click."""

from bot.config import Config
from bot.domain.deployments.replacing import must_give_way
from bot.domain.deployments.states import State
from bot.domain.errors import Refusal
from bot.domain.grammar import DeployWish
from bot.domain.people import Role, require
from bot.messages.blocks import Message
from bot.messages.deployments import notes
from bot.ports import Tx
from bot.services.deployments import requests
from bot.services.desk import direct


def replace(
    tx: Tx, config: Config, old_id: int, wish: DeployWish, slack_id: str, asked_in: str | None
) -> Message:
    """Cancel the older one as superseded and ask for the newer one, in one transaction."""
    require(requests.known(tx, slack_id), Role.DEPLOYER, "deploy")
    old = tx.deployment(old_id)
    if old is None:
        raise Refusal("no_such_deployment", "There is no deployment D{id}.", id=old_id)
    must_give_way(old, wish.version)
    text = f"Superseded by {wish.version}"
    gone = tx.save(old, old.end(State.CANCELLED, tx.now, "superseded", text, by=slack_id))
    tx.audit(slack_id, "superseded", gone.name, by_version=str(wish.version))
    for who in dict.fromkeys((gone.requested_by, *gone.approved_by)):
        if who and who != slack_id:
            tx.post(direct(gone, "superseded", who, notes.superseded(gone, wish.version, slack_id)))
    asked = requests.deploy(tx, config, wish, slack_id, asked_in)
    return notes.replaced(gone, asked)
