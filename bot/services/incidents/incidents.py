"""Incidents: what `/incident` asks for, decided and recorded inside one transaction."""

from dataclasses import dataclass
from datetime import datetime

from bot.config import Config
from bot.domain.errors import Refusal
from bot.domain.grammar import MAX_REASON
from bot.domain.incidents.incident_rules import over_for
from bot.domain.incidents.incidents import Incident, Severity
from bot.domain.incidents.origins import Origin
from bot.domain.incidents.timeline import What
from bot.domain.people import require_member
from bot.domain.words import shortened
from bot.messages.blocks import Message
from bot.messages.incidents import incident_news as news
from bot.messages.incidents import incidents as messages
from bot.ports import Tx
from bot.services.closures import freezing
from bot.services.deployments.requests import who
from bot.services.incidents import channels, paging, rooms
from bot.services.incidents import incident_room as room
from bot.services.incidents.suspecting import candidates, suspecting


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody tells of an incident; what is empty is left to us, but an empty `suspect` says
    that there is none. `wake` says whether to wake people, where somebody decides that.
    """

    service: str
    severity: Severity
    impact: str
    title: str = ""
    affected: str = ""
    eta: str = ""
    started_at: datetime | None = None
    suspect: str | None = None
    drill: bool = False
    source: str = ""
    wake: bool | None = None
    origin: Origin | None = None


def declare(tx: Tx, config: Config, report: Report, slack_id: str) -> Incident:
    """Open an incident: its message, its first promise and its suspect follow from the row."""
    actor, _ = who(tx, slack_id)
    require_member(actor)
    started_at = report.started_at or tx.now
    if started_at > tx.now:
        raise Refusal(
            "starts_in_future",
            "It cannot have started at {when}, which is still to come.",
            when=started_at,
        )
    return open_up(tx, config, report, by=slack_id)


def open_up(
    tx: Tx, config: Config, report: Report, *, by: str, lead: str | None = None
) -> Incident:
    """Open it; `by` is a person, or the monitor that reported it, and then it gets a lead."""
    started_at = report.started_at or tx.now
    found = candidates(tx, report.service, started_at)
    likeliest = found[0] if found and report.suspect is None else None
    chosen = next((s for s in found if s.deployment == report.suspect), likeliest)
    wanted = Incident(
        service=report.service,
        severity=report.severity,
        title=report.title or messages.titled(report.service, report.severity),
        impact=shortened(report.impact, MAX_REASON),  # all of it goes on the timeline
        affected=report.affected,
        eta=report.eta,
        drill=report.drill,
        declared_by=by,
        lead=lead,
        source=report.source,
        alerts=1 if report.source else 0,
        declared_at=tx.now,
        started_at=started_at,
        detected_at=tx.now,
        informed_at=tx.now,
    )
    wanted = suspecting(room.promised(config, wanted, tx.now), chosen)
    saved = tx.add_incident(wanted.with_(due_at=room.due(wanted)))
    what = What.DOWN if saved.source else What.EVENT
    room.note(tx, saved, f"Opened as {saved.severity}: {report.impact}", by=by, what=what)
    if chosen:
        room.note(tx, saved, f"{chosen.version} ({chosen.deployment}) suspected: {chosen.why}")
    tx.audit(
        by,
        "incident_opened",
        saved.name,
        service=saved.service,
        severity=saved.severity,
        drill=saved.drill,
        suspect=saved.cause,
    )
    paging.begin(tx, config, saved, wake=report.wake, by=by)
    channels.begin(tx, config, saved)
    rooms.furnish(tx, config, saved)
    freezing.follow(tx, config, saved)
    if origin := report.origin:
        _link(tx, config, saved, origin, by)
    if lane := news.lane(saved, config.commands.deploy):
        room.say(tx, config, saved, "lane", lane)
    return saved


def _link(tx: Tx, config: Config, incident: Incident, origin: Origin, by: str) -> None:
    """The message that it was opened from is on its timeline, and linked in its thread."""
    writer, source = origin.writer or by, origin.source
    if origin.text:
        room.note(tx, incident, origin.text, by=writer, at=origin.at, what=What.NOTE, source=source)
    room.say(tx, config, incident, "origin", news.opened_from(origin), links_to=source)


def beside(tx: Tx, incident: Incident) -> tuple[Incident, ...]:
    """What else is open about the same service; three people may tell of one outage at once."""
    found = (one for one in tx.open_incidents() if one.id != incident.id and not one.drill)
    return tuple(one for one in found if one.service == incident.service and not incident.drill)


def listing(tx: Tx, config: Config, slack_id: str) -> Message:
    """The open ones."""
    actor, _ = who(tx, slack_id)
    require_member(actor)
    return messages.listing(tx.open_incidents(), config.commands.incident)


def update(tx: Tx, config: Config, incident: Incident, text: str, slack_id: str) -> Message:
    """Tell people something, which keeps the promise and makes the next one."""
    may_tell(tx, incident, slack_id)
    if not text:
        raise Refusal("no_text", "What is new? For example: {incident} update {name} It is …")
    saved = inform(tx, config, incident, incident, text, slack_id)
    room.say(tx, config, saved, f"update:{saved.revision}", news.update(saved, slack_id, text))
    return news.done(saved, f"your update is posted, the next one is due in {_pause(saved)}")


def inform(
    tx: Tx, config: Config, old: Incident, new: Incident, text: str, slack_id: str
) -> Incident:
    """Store a change that tells people something new, as an update of that person."""
    room.hush(tx, old)
    told = room.promised(config, new.with_(informed_at=tx.now), tx.now)
    saved = room.keep(tx, old, told)
    room.note(tx, saved, text, by=slack_id, what=What.UPDATE, due_at=old.promised_at)
    tx.audit(slack_id, "incident_update", saved.name, text=text, promised=str(old.promised_at))
    return saved


def _pause(incident: Incident) -> str:
    assert incident.promised_at is not None and incident.informed_at is not None
    return messages.in_words(incident.promised_at - incident.informed_at)


def load(tx: Tx, incident_id: int) -> Incident:
    """The incident of that number."""
    found = tx.incident(incident_id)
    if found is None:
        raise Refusal("no_such_incident", "There is no incident INC-{id}.", id=incident_id)
    return found


def the_open_one(tx: Tx, channel: str) -> Incident:
    """The incident that is meant when none is named: the one whose room this channel is, or the
    only one.
    """
    found, own = tx.open_incidents(), tx.own_channel_at(channel)
    here = next((one for one in found if own and one.id == own.incident), None)
    if here is not None:
        return here
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refusal(
            "no_open_incident",
            "No incident is open. To open one, say what users see: {incident} outage …",
        )
    raise Refusal(
        "which_incident",
        "{names} are open, so say which: {incident} update {name} …",
        names=" and ".join(one.name for one in found),
        name=found[-1].name,
    )


def is_open(incident: Incident) -> None:
    """Refuse what no longer makes sense once it is over, and say since when it is."""
    if not incident.is_open:
        raise over_for(incident)


def may_tell(tx: Tx, incident: Incident, slack_id: str) -> None:
    """Refuse unless this person may tell something about this incident now."""
    actor, _ = who(tx, slack_id)
    require_member(actor)
    is_open(incident)
