"""Alerts: whether anything or anybody raised one about a service since its new version is live."""

from datetime import datetime

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.validation import Outcome, Reading, Validation
from bot.domain.gates.checklist import is_for
from bot.domain.incidents.incidents import Incident
from bot.domain.incidents.timeline import What, is_down
from bot.ports import Tx
from bot.services.desk import Desk


async def look(desk: Desk, deployment: Deployment, found: Validation) -> Validation:
    """The validation with what was raised; that nothing was is only said where Uptime Kuma can
    reach us. It warns, and fails nothing: what is down is for the monitors to say.
    """
    if not is_for(deployment):
        return found
    since = found.live_at or found.deployed_at or found.started_at
    raised = await desk.store.read(lambda tx: _raised(tx, deployment.service, since))
    if not raised and not desk.hears_alerts:
        return found
    told = "; ".join(f"{one.name} {one.title}" for one in raised)
    reading = Reading(
        what="alerts",
        outcome=Outcome.DEGRADED if raised else Outcome.OK,
        text=told or f"none about {deployment.service} since it is live",
        at=desk.now(),
        value=float(len(raised)),
        unit="incidents",
    )
    return found.having(reading)


def _raised(tx: Tx, service: str, since: datetime) -> list[Incident]:
    """The incidents that were declared or reported down since, also those that are over by now; and
    those that were down before, and still are.
    """
    found = []
    for incident in tx.incidents_of(service, since):
        events = tx.events(incident.id)
        rang = any(one.what is What.DOWN and one.occurred_at >= since for one in events)
        if incident.declared_at >= since or rang or is_down(events):
            found.append(incident)
    return found
