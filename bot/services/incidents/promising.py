"""Promising: sees to it that people hear of an incident when they were told they would."""

from datetime import datetime, timedelta

from bot.config import Config
from bot.domain.deployments.states import Kind
from bot.domain.incidents import postmortems, suspects
from bot.domain.incidents.incidents import Incident
from bot.domain.incidents.promise import Call, call, unanswered
from bot.domain.incidents.timeline import What, words
from bot.messages.incidents import incident_news as news
from bot.messages.incidents import postmortems as messages
from bot.ports import Tx
from bot.services import directory
from bot.services.desk import Desk
from bot.services.incidents import incident_room as room

DUTY, EVERY = "promises", timedelta(minutes=1)

ABSENT = timedelta(minutes=1)
"""So late the directory is read only when nobody was there to read it."""


def note_absence(tx: Tx) -> None:
    """After a start: where the bot was away while an incident was open, its timeline says so.

    The directory is read by whichever replica runs, so its due time tells when the last one did.
    """
    due_at = tx.duty("directory")
    if due_at is None or tx.now - due_at < ABSENT:
        return
    for incident in tx.open_incidents():
        since = max(due_at - directory.REFRESH, incident.declared_at)
        room.note(tx, incident, news.away(since, tx.now), at=since)


def is_set_back(due_at: datetime | None, now: datetime) -> bool:
    """Whether the clock was, by more than replicas differ: this duty is due later than ever."""
    return due_at is not None and due_at > now + 2 * EVERY


def set_right(config: Config, tx: Tx) -> None:
    """Where the clock was set back, nobody waits longer than was promised."""
    if is_set_back(tx.duty(DUTY), tx.now):
        tx.bring_forward()
    for incident in tx.open_incidents():
        promised_at = incident.promised_at
        anew = room.promised(config, incident, tx.now, unanswered(words(tx.events(incident.id))))
        if promised_at and anew.promised_at and promised_at > anew.promised_at:
            room.keep(tx, incident, anew)


async def look_after(desk: Desk, incident_id: int) -> None:
    """Remind its owner of what is due, or say that there is nothing new; at most one thing, however
    much is overdue.
    """

    def look(tx: Tx) -> None:
        incident = tx.incident(incident_id)
        if incident is None or incident.due_at is None or tx.now < incident.due_at:
            return
        if incident.is_open:
            _promise(desk, tx, incident)
        else:
            _postmortem(desk, tx, incident)

    await desk.store.run(look)


def _promise(desk: Desk, tx: Tx, incident: Incident) -> None:
    ask_at = suspects.asks_at(incident)
    if ask_at is not None and tx.now >= ask_at:
        _ask_to_roll_back(desk, tx, incident, is_late=tx.now >= ask_at + suspects.LATE)
        return
    due_at = incident.promised_at
    match call(due_at, incident.asked, tx.now):
        case Call.NUDGE:
            saved = room.keep(tx, incident, incident.with_(asked=Call.NUDGE))
            room.direct(tx, saved, _word("nudge", saved), saved.speaker, news.nudge(saved))
        case Call.MENTION:
            room.hush(tx, incident)
            saved = room.keep(tx, incident, incident.with_(asked=Call.MENTION))
            room.say(tx, desk.config, saved, _word("due", saved), news.overdue(saved))
        case Call.SPEAK:
            room.hush(tx, incident)
            count = unanswered(words(tx.events(incident.id))) + 1
            saved = room.keep(tx, incident, room.promised(desk.config, incident, tx.now, count))
            told = news.no_news(incident, saved, mention=incident.asked < Call.MENTION)
            room.say(tx, desk.config, saved, _word("no-news", incident), told)
            room.note(tx, saved, "No new information", what=What.NO_NEWS, due_at=due_at)
        case Call.NOTHING:
            room.keep(tx, incident, incident)


def _ask_to_roll_back(desk: Desk, tx: Tx, incident: Incident, *, is_late: bool) -> None:
    """Once: somebody has to decide about the suspect. Not where a rollback was begun."""
    saved = room.keep(tx, incident, incident.with_(urged=True))
    last = tx.history(incident.service, room.PRODUCTION, limit=1)
    is_begun = bool(last) and last[0].kind is Kind.ROLLBACK
    if not is_late and not is_begun:
        room.say(tx, desk.config, saved, "undecided", news.undecided(saved))


def _word(kind: str, incident: Incident) -> str:
    at = int(incident.promised_at.timestamp()) if incident.promised_at else 0
    return f"promise:{kind}:{at}"


def _postmortem(desk: Desk, tx: Tx, incident: Incident) -> None:
    found = incident.postmortem
    at = postmortems.next_reminder(incident)
    if found is None or found.due_at is None or at is None or tx.now < at:
        room.keep(tx, incident, incident)
        return
    count = postmortems.reminders_by(found.due_at, tx.now)
    reminded = found.with_(reminded=count)
    saved = room.keep(tx, incident, incident.with_(postmortem=reminded))
    told = messages.reminder(saved, tx.now)
    word = f"postmortem:{int(found.due_at.timestamp())}:{count}"
    room.direct(tx, saved, word, saved.owner, told)
    if count >= postmortems.TO_ALL_AFTER:
        room.say(tx, desk.config, saved, word, told)
