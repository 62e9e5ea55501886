"""Unasked: a rollback that the configuration asks for when a deployment fails its validation."""

from bot.config import Config
from bot.domain.closures.locks import LockKind
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind
from bot.domain.errors import Refusal
from bot.domain.rollbacks import rollbacks
from bot.domain.rollbacks.rescue import Rescue
from bot.domain.words import listing
from bot.ports import Tx
from bot.services.rollbacks import undoing
from bot.services.rollbacks.rollbacks import begin, make_way
from bot.services.rollbacks.situations import situation


def is_wanted(config: Config, deployment: Deployment) -> bool:
    """Whether this is to be taken back by itself; a rollback never is, and a merge has no card."""
    settings = config.environment(deployment.service, deployment.environment)
    wanted = settings is not None and settings.automatic_rollback
    return wanted and deployment.kind is not Kind.ROLLBACK and not deployment.is_merge


def go_back(tx: Tx, config: Config, failed: Deployment) -> Deployment | str:
    """Begin the rollback of what has just been found degraded, or say why not.

    What a person would be asked about is left to a person: a lock, an unknown or irreversible
    database change, a way back that is closed.
    """
    locks = tx.locks_on(failed.service, failed.environment)
    # A hold keeps what was rolled back from coming again; it never stops a rollback.
    if held := [lock.name for lock in locks if lock.kind is not LockKind.HOLD]:
        return f"{listing(held)} is held"
    found = situation(tx, failed.service, failed.environment)
    try:
        version = rollbacks.target_of(found.choice, None, found.known, force=False)
    except Refusal as refusal:
        return str(refusal)
    if why := _in_the_way(tx, config, failed, version):
        return why
    wish = Rescue(version=version, by="", reason=f"Automatic, as configured: {failed.notice}")
    make_way(tx, config, failed, wish)
    where = (failed.service, failed.environment)
    return begin(tx, config, where, wish, takes_back=found.choice.takes_back)


def _in_the_way(tx: Tx, config: Config, failed: Deployment, version: str) -> str:
    """What only a person may decide about, empty where there is nothing."""
    rehearsal = failed.rehearsal
    if rehearsal and rehearsal.version == version and rehearsal.closed:
        return f"{listing([place.name for place in rehearsal.closed])} cannot go back"
    if config.services[failed.service].migrations is None:
        return ""
    between = undoing.between(tx, failed.name, version)
    if between is None:
        return f"the migrations since {version} are not known"
    stuck = [one.name for one in between if one.has_down is not True]
    return f"{listing(stuck)} cannot be undone in the database" if stuck else ""
