"""Alerts: whether anything or anybody raised one about a service since its new version is live."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.validation import Outcome, Reading, Validation
from bot.domain.gates.checklist import is_for
from bot.domain.incidents.incidents import Incident
from bot.services.desk import Desk


async def look(desk: Desk, deployment: Deployment, found: Validation) -> Validation:
    """The validation with what was raised; that nothing was is only said where Uptime Kuma can
    reach us. It warns, and fails nothing: what is down is for the monitors to say.
    """
    if not is_for(deployment):
        return found
    since = found.live_at or found.deployed_at or found.started_at
    open_ones = await desk.store.read(lambda tx: tx.open_incidents())
    raised = [one for one in open_ones if _is_about(deployment, one) and one.declared_at >= since]
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


def _is_about(deployment: Deployment, incident: Incident) -> bool:
    return incident.service == deployment.service and not incident.drill
