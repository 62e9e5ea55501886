"""Incident following: what deployments do while an incident of their service is open goes on its
timeline; one that mends it restores the service.
"""

from datetime import datetime

from bot.config import Config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.incidents.incidents import UNRESTORED, Incident
from bot.domain.incidents.mending import mended_at
from bot.domain.incidents.timeline import is_down
from bot.domain.metrics.history import CauseState
from bot.messages.incidents import incident_news as news
from bot.ports import Tx
from bot.services.incidents import incident_room as room
from bot.services.incidents.incident_causes import confirmed
from bot.services.incidents.incident_decisions import restore
from bot.services.incidents.suspecting import LOOKED_THROUGH
from bot.services.rollbacks.past import past

_TOLD = {
    State.RUNNING: "is running",
    State.SUCCEEDED: "succeeded, validated",
    State.DEGRADED: "is degraded: its validation failed",
    State.FAILED: "failed",
    State.CANCELLED: "was cancelled",
}


def follow(config: Config, tx: Tx, old: Deployment, new: Deployment) -> None:
    """Note a deployment's move wherever it matters."""
    if new.state is old.state or new.environment != room.PRODUCTION or new.dry_run:
        return
    for incident in tx.open_incidents():
        if incident.service == new.service and not incident.drill and new.state in _TOLD:
            name = f"{str(new.kind).capitalize()} {new.name} ({new.version})"
            room.note(tx, incident, f"{name} {_TOLD[new.state]}")
            if new.state is State.SUCCEEDED:
                _succeeded(tx, config, incident, new)
    if new.state is State.SUCCEEDED and new.follow_ups:
        _followed_up(tx, config, new)


def past_the_freeze(tx: Tx, new: Deployment, reason: str, by: str) -> None:
    """Somebody let a deployment through although an incident freezes production."""
    for incident in tx.open_incidents():
        if incident.freezes and _is_about(incident, new):
            text = f"{new.name} ({new.version}) was let through the freeze: {reason}"
            room.note(tx, incident, text, by=by)


def _is_about(incident: Incident, new: Deployment) -> bool:
    return (incident.service, room.PRODUCTION) == (new.service, new.environment)


def _succeeded(tx: Tx, config: Config, incident: Incident, new: Deployment) -> None:
    """What took the cause back, or mends the incident, restores the service when its checks passed;
    of anything else only people know whether it did.
    """
    if incident.state not in UNRESTORED or new.healthy_at is None:
        return
    at = mended_at(incident, new, past(tx, new.service, new.environment))
    if at is None:
        if new.kind in (Kind.ROLLBACK, Kind.HOTFIX):
            told = news.perhaps_restored(incident, new.name, new.version)
            room.say(tx, config, incident, f"perhaps:{new.id}", told)
    elif is_down(tx.events(incident.id)):
        incident = room.keep(tx, incident, incident)  # or an UP at this moment would not be seen
        told = news.still_down(incident, new.name, new.version)
        room.say(tx, config, incident, f"still-down:{new.id}", told)
    else:
        _restored(tx, config, incident, new, at)


def is_up_again(tx: Tx, config: Config, incident: Incident) -> bool:
    """Its monitor is well again. Where what mends it is live and passed its own checks, that is the
    last of them; whether it was.
    """
    if incident.state not in UNRESTORED:
        return False
    latest = tx.history(incident.service, room.PRODUCTION, limit=LOOKED_THROUGH)
    new = next((one for one in latest if one.live_at is not None), None)
    at = mended_at(incident, new, past(tx, new.service, new.environment)) if new else None
    if new is None or at is None:
        return False
    _restored(tx, config, incident, new, at)
    return True


def _restored(tx: Tx, config: Config, incident: Incident, new: Deployment, at: datetime) -> None:
    saved = restore(tx, config, incident, at, "gonogo")
    if new.kind is Kind.ROLLBACK and saved.cause_state is CauseState.SUSPECTED:
        saved = confirmed(tx, saved, "gonogo")
    room.hush(tx, saved)
    told = news.restored_by(saved, new.name, new.version)
    room.say(tx, config, saved, f"restored:{saved.revision}", told)


def _followed_up(tx: Tx, config: Config, new: Deployment) -> None:
    """The minor incidents that it was to follow up are."""
    for incident in tx.follow_ups(new.service):
        if incident.name in new.follow_ups:
            saved = room.keep(tx, incident, incident.with_(followed_up_by=new.name))
            room.note(tx, saved, f"Followed up by {new.name} ({new.version})")
            told = news.followed_up(saved, new.version)
            room.say(tx, config, saved, f"followed:{new.id}", told)
