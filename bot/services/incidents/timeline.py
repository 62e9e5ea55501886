"""Timeline: what people add to the story of an incident, and what becomes of their messages."""

from datetime import datetime

from bot.domain.errors import Refusal
from bot.domain.incidents.incidents import Incident, State
from bot.domain.incidents.timeline import What
from bot.domain.people import Standing, require_member
from bot.messages.blocks import Message
from bot.messages.incidents import incident_news as news
from bot.ports import Tx
from bot.services.deployments.requests import who
from bot.services.incidents import incident_room as room
from bot.services.incidents.incidents import load


def choices(tx: Tx, channel: str, thread_ts: str | None) -> tuple[Incident, ...]:
    """The incidents that a message may belong to, the one in whose room it stands first."""
    here = _in_room(tx, channel, thread_ts)
    found = (*((here,) if here else ()), *(i for i in tx.open_incidents() if i != here))
    if not found:
        raise Refusal(
            "no_open_incident",
            "No incident is open, and this message is in the room of none. "
            "Open one with {incident}.",
        )
    return found


def add(
    tx: Tx, incident_id: int, text: str, at: datetime, slack_id: str, source: str | None
) -> Message:
    """An entry of a person, at the time at which it happened."""
    actor, _ = who(tx, slack_id)
    require_member(actor)
    incident = load(tx, incident_id)
    if at > tx.now:
        raise Refusal("event_ahead", "{when} is still to come.", when=at)
    if _note(tx, incident, text, at, slack_id, source):
        return news.done(incident, "it is on the timeline")
    return news.done(incident, "it was on the timeline already")


def pin(
    tx: Tx,
    place: tuple[str, str | None],
    text: str,
    at: datetime | None,
    slack_id: str,
    source: str,
) -> None:
    """A message in the room of an incident was pinned by somebody of the team."""
    incident = _in_room(tx, *place)
    actor, _ = who(tx, slack_id)
    if incident is None or incident.state is State.CLOSED or not text:
        return
    if actor.standing is Standing.MEMBER:
        _note(tx, incident, text, at or tx.now, slack_id, source)


def _note(tx: Tx, incident: Incident, text: str, at: datetime, by: str, source: str | None) -> bool:
    """Keep it once for each incident; whether it was new."""
    if source and any(event.incident == incident.id for event in tx.events_from(source)):
        return False
    room.note(tx, incident, text, by=by, at=at, what=What.NOTE, source=source)
    tx.audit(by, "timeline_entry", incident.name, text=text, at=str(at), source=source)
    return True


def edited(tx: Tx, source: str, text: str) -> None:
    """A message that is on a timeline reads differently now."""
    _follow(tx, source, What.EDITED, text)


def deleted(tx: Tx, source: str) -> None:
    """A message that is on a timeline is gone from Slack."""
    _follow(tx, source, What.DELETED, "")


def _follow(tx: Tx, source: str, what: What, text: str) -> None:
    found = tx.events_from(source)
    for incident_id in dict.fromkeys(event.incident for event in found):
        last = [event for event in found if event.incident == incident_id][-1]
        incident = tx.incident(incident_id)
        if incident is not None and (last.what, last.text) != (what, text):
            room.note(tx, incident, text, by=last.by, what=what, source=source)


def _in_room(tx: Tx, channel: str, thread_ts: str | None) -> Incident | None:
    """The incident in whose thread, or in whose own channel, a message stands."""
    own = tx.own_channel_at(channel)
    number = tx.incident_at(channel, thread_ts) if thread_ts else None
    number = own.incident if own else number
    return tx.incident(number) if number is not None else None
