"""Incident decisions: what people press on an incident, judged against the present and recorded
inside one transaction.
"""

from dataclasses import replace
from datetime import datetime

from bot.config import Config
from bot.domain.errors import Refusal
from bot.domain.incidents import incident_rules as rules
from bot.domain.incidents import postmortems
from bot.domain.incidents.detection import going_on
from bot.domain.incidents.incidents import UNRESTORED, Incident, Postmortem, State
from bot.domain.incidents.promise import score
from bot.domain.incidents.timeline import What, words
from bot.domain.metrics.history import Closure
from bot.domain.people import Deed
from bot.messages.blocks import Message
from bot.messages.incidents import incident_news as news
from bot.ports import Tx
from bot.services.closures import freezing
from bot.services.deployments.requests import as_before, who
from bot.services.incidents import assigning, channels, duplicates, paging, publishing, suspecting
from bot.services.incidents import incident_room as room
from bot.services.incidents.incidents import inform, load, may_tell
from bot.services.incidents.incidents import update as tell


def update(
    tx: Tx, config: Config, incident: Incident, text: str, state: str, slack_id: str
) -> Message:
    """News from the form, which may move the incident, too."""
    wanted = next((one for one in UNRESTORED if one == state), incident.state)
    if wanted is incident.state or incident.state not in UNRESTORED:
        return tell(tx, config, incident, text, slack_id)
    may_tell(tx, incident, slack_id)
    rules.may_move(incident, wanted)
    saved = inform(tx, config, incident, incident.to(wanted, tx.now), text, slack_id)
    room.note(tx, saved, f"{incident.state} → {saved.state}", by=slack_id)
    room.say(tx, config, saved, f"update:{saved.revision}", news.update(saved, slack_id, text))
    return news.done(saved, f"your update is posted, and it is {saved.state} now")


def restored(tx: Tx, config: Config, incident_id: int, slack_id: str) -> Message:
    """Users are served again, says a person."""
    incident = _judged(tx, incident_id, slack_id, State.RESTORED)
    saved = restore(tx, config, incident, tx.now, slack_id)
    room.say(tx, config, saved, f"restored:{saved.revision}", news.moved(saved, slack_id))
    return news.done(saved, "restored; press Resolve when the investigation is over")


def restore(tx: Tx, config: Config, incident: Incident, at: datetime, by: str) -> Incident:
    """The service is restored since `at`; from here on there is a post-mortem to write."""
    moved = with_draft(tx, incident.to(State.RESTORED, at))
    if by == "gonogo":
        saved = room.keep(tx, incident, room.promised(config, moved, tx.now))
        tx.audit(by, "incident_restored", saved.name, at=str(saved.restored_at))
        room.note(tx, saved, "Restored", at=saved.restored_at)
    else:
        saved = inform(tx, config, incident, moved, "Restored", by)
    paging.follow(tx, config, saved)
    return saved


def with_draft(tx: Tx, incident: Incident) -> Incident:
    """A copy that is owed a post-mortem, if it is one of those and users are served: the tick
    drafts it. From Resolve on it is due.
    """
    i = incident
    if (
        i.postmortem is None
        and postmortems.is_owed(i)
        and i.state in (State.RESTORED, State.RESOLVED)
    ):
        i = i.with_(postmortem=Postmortem(), draft_due_at=tx.now)
    found = i.postmortem
    if i.state is State.RESOLVED and found and not (found.published_at or found.due_at):
        i = i.with_(postmortem=replace(found, due_at=tx.now + postmortems.WITHIN, reminded=0))
    return i


def resolve(tx: Tx, config: Config, incident_id: int, slack_id: str) -> Message:
    """It is over: the channel is told once, production is free again."""
    incident = _judged(tx, incident_id, slack_id, State.RESOLVED)
    moved = with_draft(tx, incident.to(State.RESOLVED, tx.now, closure=Closure.RESOLVED))
    if incident.restored_at is None:
        room.note(tx, incident, "Restored", by=slack_id)
    saved = inform(tx, config, incident, moved, "Resolved", slack_id)
    kept = score(words(tx.events(saved.id)))
    room.announce(tx, config, saved, f"resolved:{saved.revision}", news.resolved(saved, kept))
    freezing.follow(tx, config, saved)
    paging.follow(tx, config, saved)
    publishing.follow(tx, saved)
    return news.done(saved, "resolved")


def reopen(tx: Tx, config: Config, incident_id: int, reason: str, slack_id: str) -> Message:
    """It was not over; the clocks of its end are taken back."""
    incident = _judged(tx, incident_id, slack_id, State.INVESTIGATING)
    if not reason:
        raise Refusal("no_reason", "Say what is back, so that nobody has to guess.")
    other = going_on(tx.open_incidents(), incident.source)
    if other is not None:
        raise Refusal(
            "monitor_has_another",
            "{name} stays {state}: {other} of the same monitor is open. Go on there, "
            "or resolve it first.",
            name=incident.name,
            state=incident.state,
            other=other.name,
        )
    back = incident.to(State.INVESTIGATING, tx.now)
    saved = bring_back(tx, config, incident, back, reason, slack_id, tx.now)
    told = news.moved(saved, slack_id, reason)
    room.say(tx, config, saved, f"reopened:{saved.revision}", told)
    return news.done(saved, "open again")


def bring_back(
    tx: Tx,
    config: Config,
    incident: Incident,
    back: Incident,
    why: str,
    by: str,
    at: datetime,
    what: What = What.EVENT,
) -> Incident:
    """Store that it broke again: people are woken and promised news as when it was opened, what
    went live meanwhile may be suspected, and what was written of it is not all yet.
    """
    room.hush(tx, incident)
    if found := back.postmortem:
        open_again = {"due_at": None, "reminded": 0, "published_at": None, "published_by": None}
        back = back.with_(postmortem=found.with_(**open_again))
    broken = back.with_(again_at=at, up_at=None, urged=False, informed_at=tx.now)
    wanted = suspecting.looked_again(tx, incident, broken)
    saved = room.keep(tx, incident, room.promised(config, wanted, tx.now))
    word = "Down again" if incident.state in UNRESTORED else "Reopened"
    room.note(tx, saved, f"{word}: {why}", by=by, at=at, what=what)
    if saved.severity is not incident.severity:
        room.note(tx, saved, f"Severity: {incident.severity} → {saved.severity}", by=by, at=at)
    if saved.cause != incident.cause:
        room.note(tx, saved, f"{saved.cause} suspected: {saved.cause_why}")
    audited = word.lower().replace(" ", "_")
    tx.audit(by, f"incident_{audited}", saved.name, reason=why, severity=saved.severity)
    freezing.follow(tx, config, saved)
    paging.follow(tx, config, saved, anew=True)
    publishing.follow(tx, saved)
    return saved


def may_close(tx: Tx, incident_id: int, slack_id: str) -> Incident:
    """The incident, if this person may close it now; as what, is judged when they do."""
    return _judged(tx, incident_id, slack_id, State.CLOSED)


def close(
    tx: Tx,
    config: Config,
    incident_id: int,
    closure: Closure,
    reason: str,
    slack_id: str,
    original: int | None = None,
) -> Message:
    """Nothing is left to do, or it was no incident after all, or a duplicate of `original`."""
    incident = may_close(tx, incident_id, slack_id)
    rules.may_close(incident, closure)
    changes: dict[str, object] = {"closure": closure, "promised_at": None, "draft_due_at": None}
    over = incident
    if closure is Closure.EXTERNAL and incident.is_open:  # it was real, so it has an end
        over = incident.to(State.RESOLVED, tx.now)
    other = duplicates.named(tx, incident, original if closure is Closure.DUPLICATE else None)
    word = str(closure).replace("_", " ") + (f" of {other.name}" if other else "")
    changes["duplicate_of"] = other.id if other else None
    room.hush(tx, incident)
    saved = room.keep(tx, incident, over.to(State.CLOSED, tx.now, **changes))
    room.note(tx, saved, f"Closed as {word}" + (f": {reason}" if reason else ""), by=slack_id)
    of = other.name if other else None
    tx.audit(slack_id, "incident_closed", saved.name, closure=closure, of=of, reason=reason)
    told = news.moved(saved, slack_id, f"{word}. {reason}".rstrip(" ."))
    room.say(tx, config, saved, f"closed:{saved.revision}", told)
    freezing.follow(tx, config, saved)
    paging.follow(tx, config, saved)
    publishing.follow(tx, saved)
    channels.follow(tx, saved)
    if other is not None:
        duplicates.tell(tx, config, other, saved)
    return news.done(saved, f"closed as {word}")


def snooze(tx: Tx, config: Config, incident_id: int, slack_id: str) -> Message:
    """Put the next update off by one cadence; people read in the thread that it was."""
    incident = load(tx, incident_id)
    may_tell(tx, incident, slack_id)
    room.hush(tx, incident)
    saved = room.keep(tx, incident, room.promised(config, incident, tx.now))
    due_at = incident.promised_at
    room.note(tx, saved, "Update put off", by=slack_id, what=What.SNOOZE, due_at=due_at)
    tx.audit(slack_id, "incident_snoozed", saved.name, promised=str(due_at))
    room.say(tx, config, saved, f"snooze:{saved.revision}", news.snoozed(saved, slack_id))
    return news.done(saved, "the update is put off")


def assign(
    tx: Tx, config: Config, incident_id: int, lead: str, comms: str | None, slack_id: str
) -> Message:
    """Make somebody its lead; reminders of updates go to `comms`, if there is one."""
    incident = load(tx, incident_id)
    actor, _ = who(tx, slack_id)
    rules.may_assign(incident, actor, tx.actor(lead)[0].doing(Deed.ENDS, tx.now))
    if comms:
        rules.is_of_team(tx.actor(comms)[0])
    led = assigning.wanted(tx, incident.with_(lead=lead, comms=comms))
    saved = room.keep(tx, incident, led)
    room.note(tx, saved, f"Lead is {tx.name_of(lead)}", by=slack_id)
    if comms:
        room.note(tx, saved, f"Communications: {tx.name_of(comms)}", by=slack_id)
    tx.audit(slack_id, "incident_lead", saved.name, lead=lead, comms=comms, before=incident.lead)
    channels.follow(tx, saved)
    room.say(tx, config, saved, f"lead:{saved.revision}", news.led(saved, slack_id))
    return news.done(saved, f"{tx.name_of(lead)} leads it")


def _judged(tx: Tx, incident_id: int, slack_id: str, state: State) -> Incident:
    """The incident, if this person may move it there now."""
    incident = load(tx, incident_id)
    rules.may_move(incident, state)
    rules.may_decide(incident, as_before(tx, slack_id))
    return incident
