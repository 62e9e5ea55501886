"""Mending: whether a deployment ends an incident, and since when it does."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.validation import KUMA
from bot.domain.incidents.incidents import Incident
from bot.domain.metrics.history import CauseState, Record
from bot.domain.rollbacks.rollback_target import carriers


def mended_at(incident: Incident, new: Deployment, history: Sequence[Record]) -> datetime | None:
    """Since when all that is asked has found it well: its health, Uptime Kuma, and the monitor that
    reported the incident. None where this deployment mends nothing: it failed, is about something
    else, or was healthy before it broke last, so that it either did not hold or was never at fault.
    """
    healthy_at = new.healthy_at if new.state is State.SUCCEEDED else None
    if healthy_at is None or healthy_at < incident.broke_at or not _ends(incident, new, history):
        return None
    seen = new.validation.reading(KUMA) if new.validation else None
    times = (healthy_at, seen.since if seen else None, incident.up_at)
    return max(at for at in times if at is not None)


def _ends(incident: Incident, new: Deployment, history: Sequence[Record]) -> bool:
    """Whether it took the cause back, or was made to mend this incident."""
    suspected = incident.cause if incident.cause_state is not CauseState.REFUTED else None
    if new.kind is Kind.ROLLBACK:
        return suspected is not None and _left(history, new, suspected)
    return new.kind is Kind.HOTFIX and new.for_incident == incident.name


def _left(history: Sequence[Record], rollback: Deployment, cause: str) -> bool:
    """Whether this rollback left what its cause brought, be it under a later version."""
    runs_it = carriers(history, cause)
    is_left = rollback.rolls_back == cause or rollback.rolls_back in {one.id for one in runs_it}
    return is_left and rollback.version not in {one.version for one in runs_it}
