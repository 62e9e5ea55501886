"""Suspecting: which deployments may have caused an incident, and which of them is suspected."""

from datetime import datetime

from bot.domain.deployments.deployments import Deployment
from bot.domain.incidents.incidents import Incident
from bot.domain.incidents.suspects import Suspect, earlier, suspects
from bot.domain.metrics.history import CauseState
from bot.ports import Tx
from bot.services.incidents.incident_room import PRODUCTION

LOOKED_THROUGH = 50
"""So many of a service's last deployments are looked through for suspects."""


def candidates(tx: Tx, service: str, started_at: datetime) -> tuple[Suspect, ...]:
    """The deployments that may have caused what began then, the likeliest first."""
    return suspects(_latest(tx, service), started_at)


def nameable(tx: Tx, incident: Incident) -> tuple[Suspect, ...]:
    """All that people may still name as its cause, the newest first, however old or ruled out."""
    return earlier(_latest(tx, incident.service), incident.started_at)


def _latest(tx: Tx, service: str) -> tuple[Deployment, ...]:
    return tx.history(service, PRODUCTION, limit=LOOKED_THROUGH)


def suspecting(incident: Incident, found: Suspect | None) -> Incident:
    """A copy that suspects this deployment, or none."""
    if found is None:
        return incident
    state = CauseState.SUSPECTED
    return incident.with_(cause=found.deployment, cause_state=state, cause_why=found.why)
