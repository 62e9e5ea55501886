"""Incident room: what all changes of an incident have in common: row, timeline and thread."""

from datetime import datetime

from bot.config import Config
from bot.domain.incidents import postmortems, suspects
from bot.domain.incidents.incidents import UNRESTORED, Incident
from bot.domain.incidents.promise import next_call, patient
from bot.domain.incidents.timeline import Event, What
from bot.messages.blocks import Message
from bot.ports import Post, Tx

PRODUCTION = "production"
"""Incidents are what users notice, so they are about production."""


def room_key(incident_id: int) -> str:
    """The key of the root message; the store knows it, too (`adapters/store/outbox.py`)."""
    return f"room:{incident_id}"


def suspect_key(incident_id: int) -> str:
    """The key of the message about the suspect, in the thread."""
    return f"room:{incident_id}:suspect"


def promised(config: Config, incident: Incident, now: datetime, unanswered: int = 0) -> Incident:
    """A copy whose next update is due one cadence from now, its owner not asked yet. There is less
    hurry once the service is restored; what is minor or restored is asked about less and less
    while that stays `unanswered`.
    """
    cadence = config.incidents.cadence
    pause = cadence.of(incident.severity)
    if incident.state not in UNRESTORED:
        pause = max(pause, cadence.minor)
    if incident.can_wait:
        pause = patient(pause, unanswered)
    return incident.with_(promised_at=now + pause if incident.is_open else None, asked=0)


def sooner(config: Config, incident: Incident, now: datetime) -> Incident:
    """A copy of which people hear as soon as its severity now asks for, if that is sooner than what
    they were promised.
    """
    anew = promised(config, incident, now)
    is_sooner = incident.promised_at is None or (anew.promised_at or now) < incident.promised_at
    return anew if is_sooner else incident


def due(incident: Incident) -> datetime | None:
    """When the tick has to look at it again."""
    promise = next_call(incident.promised_at, incident.asked) if incident.is_open else None
    times = (promise, suspects.asks_at(incident), postmortems.next_reminder(incident))
    return min((time for time in times if time is not None), default=None)


def keep(tx: Tx, old: Incident, new: Incident) -> Incident:
    """Store a change; when the tick has to look again follows from it."""
    return tx.save_incident(old, new.with_(due_at=due(new)))


def note(
    tx: Tx,
    incident: Incident,
    text: str,
    *,
    by: str = "gonogo",
    at: datetime | None = None,
    what: What = What.EVENT,
    due_at: datetime | None = None,
    source: str | None = None,
) -> None:
    """An entry on the timeline, of now or of `at`."""
    tx.add_event(
        Event(
            incident=incident.id,
            occurred_at=at or tx.now,
            recorded_at=tx.now,
            what=what,
            by=by,
            text=text,
            due_at=due_at,
            source=source,
        )
    )


def say(
    tx: Tx,
    config: Config,
    incident: Incident,
    word: str,
    message: Message,
    *,
    links_to: str | None = None,
) -> None:
    """A message in the thread, once for each word, with the address of another message."""
    tx.post(
        Post(
            key=f"incident:{incident.id}:{word}",
            channel=config.slack.channel,
            message=message,
            thread_of=room_key(incident.id),
            links_to=links_to,
        )
    )


def announce(tx: Tx, config: Config, incident: Incident, word: str, message: Message) -> None:
    """A new top-level message in the deployments channel, once for each word."""
    key = f"incident:{incident.id}:{word}"
    tx.post(Post(key=key, channel=config.slack.channel, message=message))


def direct(tx: Tx, incident: Incident, word: str, user: str, message: Message) -> None:
    """A direct message to one person, once for each word."""
    tx.post(Post(key=f"incident:{incident.id}:{word}:{user}", channel=user, message=message))


def hush(tx: Tx, incident: Incident) -> None:
    """Take back reminders that have not gone out: something newer is said."""
    tx.withdraw(f"incident:{incident.id}:promise:")
