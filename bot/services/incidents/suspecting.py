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


def candidates(tx: Tx, service: str, broke_at: datetime) -> tuple[Suspect, ...]:
    """The deployments that may have caused what began then, the likeliest first."""
    return suspects(_latest(tx, service), broke_at)


def candidates_of(tx: Tx, incident: Incident) -> tuple[Suspect, ...]:
    """Those that may have caused this one, up to when it broke last."""
    return suspects(_latest(tx, incident.service), incident.broke_at, _begin(incident))


def nameable(tx: Tx, incident: Incident) -> tuple[Suspect, ...]:
    """All that people may still name as its cause, the newest first, however old or ruled out."""
    return earlier(_latest(tx, incident.service), incident.broke_at, _begin(incident))


def changed_at(tx: Tx, service: str) -> datetime | None:
    """When something new went live last."""
    found = earlier(_latest(tx, service), tx.now)
    return found[0].live_at if found else None


def looked_again(tx: Tx, before: Incident, incident: Incident) -> Incident:
    """A copy of one that broke again: what went live since it broke before is suspected. Whatever
    was live by then people could judge, and a cause that they confirmed stays.
    """
    found = likeliest(tx, incident)
    if found is None or found.live_at <= before.broke_at:
        return incident
    is_confirmed = incident.cause_state is CauseState.CONFIRMED
    return incident if is_confirmed else suspecting(incident, found)


def _begin(incident: Incident) -> str:
    return "the start" if incident.broke_at == incident.started_at else "it broke again"


def _latest(tx: Tx, service: str) -> tuple[Deployment, ...]:
    return tx.history(service, PRODUCTION, limit=LOOKED_THROUGH)


def anew(tx: Tx, before: Incident, incident: Incident) -> Incident:
    """A copy of one whose start was put right: what speaks for its suspect is said anew, and
    another is suspected where that one came later. What people decided stays.
    """
    i, state = incident, incident.cause_state
    same = next((one for one in nameable(tx, i) if one.deployment == i.cause), None)
    if same is not None and state is not CauseState.REFUTED:
        return i.with_(cause_why=same.why)
    following = likeliest(tx, i)
    named_none = i.cause is None and likeliest(tx, before) is not None
    none_other = state is CauseState.REFUTED and following is None
    if state is CauseState.CONFIRMED or named_none or none_other:
        return i
    bare = i.with_(cause=None, cause_state=CauseState.NONE, cause_why="")
    return suspecting(bare, following)


def likeliest(tx: Tx, incident: Incident) -> Suspect | None:
    """The likeliest that nobody ruled out."""
    found = candidates_of(tx, incident)
    return next((one for one in found if one.deployment not in incident.ruled_out), None)


def suspecting(incident: Incident, found: Suspect | None) -> Incident:
    """A copy that suspects this deployment, or none."""
    if found is None:
        return incident
    state = CauseState.SUSPECTED
    return incident.with_(cause=found.deployment, cause_state=state, cause_why=found.why)
