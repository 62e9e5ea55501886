"""Incident causes: what people say about the suspected deployment; the failure rate rests on it."""

from bot.config import Config
from bot.domain.errors import Refusal
from bot.domain.incidents import incident_rules as rules
from bot.domain.incidents.incidents import Incident, State
from bot.domain.metrics.history import CauseState
from bot.messages.blocks import Message
from bot.messages.incidents import incident_news as news
from bot.ports import Tx
from bot.services.deployments.requests import as_before
from bot.services.incidents import incident_room as room
from bot.services.incidents.incidents import load
from bot.services.incidents.suspecting import likeliest, nameable, suspecting


def may_roll_back(tx: Tx, incident_id: int) -> Incident:
    """The incident, if going back still makes sense; who may is the rollback's own question."""
    incident = load(tx, incident_id)
    if not incident.is_open:
        raise rules.over_for(incident)
    if incident.drill:
        raise Refusal(
            "drill",
            "{name} is a drill, so nothing is rolled back. In earnest you would now read what goes "
            "back to which version, and confirm it.",
            name=incident.name,
        )
    return incident


def confirm(tx: Tx, config: Config, incident_id: int, cause: str, slack_id: str) -> Message:
    """It was this deployment."""
    incident = _judged(tx, incident_id, cause, slack_id)
    rules.may_be_cause(incident, CauseState.CONFIRMED)
    if incident.cause_state is CauseState.CONFIRMED:
        return news.done(incident, f"{cause} was confirmed as its cause already")
    saved = confirmed(tx, incident, slack_id)
    told = news.judged(f"{cause} is the cause.", slack_id)
    room.say(tx, config, saved, f"cause:{saved.revision}", told)
    return news.done(saved, f"{cause} is confirmed as its cause")


def confirmed(tx: Tx, incident: Incident, by: str) -> Incident:
    """Store that its suspect is its cause."""
    saved = room.keep(tx, incident, incident.with_(cause_state=CauseState.CONFIRMED))
    room.note(tx, saved, f"{saved.cause} confirmed as the cause", by=by)
    tx.audit(by, "cause_confirmed", saved.name, cause=saved.cause)
    return saved


def refute(tx: Tx, config: Config, incident_id: int, cause: str, slack_id: str) -> Message:
    """It was not this one; the next likeliest takes its place, if there is one."""
    incident = _judged(tx, incident_id, cause, slack_id)
    out = incident.with_(ruled_out=(*incident.ruled_out, cause))
    following = likeliest(tx, out)
    wanted = suspecting(out, following)
    if following is None:
        wanted = out.with_(cause_state=CauseState.REFUTED)
    saved = room.keep(tx, incident, wanted)
    then = f"{following.deployment} is suspected now" if following else "no other is suspected"
    room.note(tx, saved, f"{cause} ruled out as the cause; {then}", by=slack_id)
    tx.audit(slack_id, "cause_refuted", saved.name, cause=cause, then=saved.cause)
    told = news.judged(f"{cause} is not the cause; {then}.", slack_id)
    room.say(tx, config, saved, f"cause:{saved.revision}", told)
    return news.done(saved, f"{cause} is ruled out; {then}")


def name(tx: Tx, config: Config, incident_id: int, cause: str, slack_id: str) -> Message:
    """People suspect this deployment, be it older than a day or ruled out before; or none."""
    incident = load(tx, incident_id)
    rules.may_decide(incident, as_before(tx, slack_id))
    if incident.state is State.CLOSED:
        raise rules.over_for(incident)
    found = next((one for one in nameable(tx, incident) if one.deployment == cause), None)
    if cause and found is None:
        raise Refusal("not_live_before", "{cause} was not live before it began.", cause=cause)
    out = tuple(one for one in incident.ruled_out if one != cause)
    bare = incident.with_(cause=None, cause_state=CauseState.NONE, cause_why="", ruled_out=out)
    saved = room.keep(tx, incident, suspecting(bare, found))
    word = f"{cause or 'no deployment'} is suspected now"
    was = ", which was confirmed" if incident.cause_state is CauseState.CONFIRMED else ""
    before = f", and no longer {incident.cause}{was}" if incident.cause else ""
    room.note(tx, saved, f"{word}{before}", by=slack_id)
    tx.audit(slack_id, "cause_named", saved.name, cause=cause, before=incident.cause)
    told = news.judged(f"{word}.", slack_id)
    room.say(tx, config, saved, f"cause:{saved.revision}", told)
    return news.done(saved, word)


def _judged(tx: Tx, incident_id: int, cause: str, slack_id: str) -> Incident:
    """The incident, if this person may judge this cause of it now; a button outlives what it
    showed.
    """
    incident = load(tx, incident_id)
    rules.may_decide(incident, as_before(tx, slack_id))
    if incident.state is State.CLOSED:
        raise rules.over_for(incident)
    if incident.cause != cause or incident.cause_state is CauseState.REFUTED:
        raise Refusal(
            "cause_has_changed",
            "Nothing was done: {cause} is no longer suspected in {name}.",
            cause=cause,
            name=incident.name,
        )
    return incident
