"""Detecting: what a monitor reports is heard, once, however often it flaps."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.config import Config
from bot.domain.incidents.detection import KUMA, Beat, Means, meaning
from bot.domain.incidents.incidents import Incident, State
from bot.domain.incidents.timeline import What, is_down
from bot.domain.people import Role
from bot.messages.incidents import detection as messages
from bot.ports import Post, Tx
from bot.services.incidents import duplicates, incident_decisions, incident_following, suspecting
from bot.services.incidents import incident_room as room
from bot.services.incidents.incidents import Report, open_up

log = structlog.get_logger()


def hear(tx: Tx, config: Config, beat: Beat) -> None:
    """Do what a report means; `meaning` in the domain decides that."""
    if beat.name in config.incidents.uptime_kuma.ignore:
        return
    service = service_of(config, beat)
    if service is None:
        log.warning("unknown_monitor", monitor=beat.name)
        if beat.status == "down":
            _tell_of_unknown(tx, config, beat)
        return
    is_new = tx.first_time(beat.key, "kuma", KUMA)
    if not is_new:  # what comes again opens nothing, and is not counted twice
        return
    seen = replace(beat, at=min(beat.at, tx.now), heard_at=tx.now)
    known = [one for one in tx.open_incidents() if one.service == service and not one.drill]
    bad = config.incidents.uptime_kuma.severity
    over = tx.last_over(beat.source)
    original = duplicates.original(tx, over)
    found = meaning(seen, known, bad, suspecting.changed_at(tx, service), over, original)
    if found.is_up is not None:
        _remember_up(tx, found.is_up, seen)
    match found.means, found.incident:
        case Means.OPENS, before:
            _open(tx, config, seen, service, found.others, before)
        case _, None:
            pass
        case Means.PROPOSES, incident:
            _propose(tx, config, incident, seen)
        case Means.IS_LATE, incident:
            room.note(tx, incident, messages.impact(seen), by=KUMA, at=seen.at)
            word = f"late:{tx.now:%Y-%m-%dT%H}"
            told = messages.late(incident, seen, config.commands.incident)
            room.say(tx, config, incident, word, told)
        case Means.IS_JUDGED, incident:
            word = f"judged:{tx.now:%Y-%m-%d}"
            told = messages.judged(incident, seen, config.commands.incident, found.others)
            room.say(tx, config, incident, word, told)
        case ((Means.RINGS | Means.REOPENS), incident):
            _break_again(tx, config, incident, seen, found.others)
        case means, incident:
            _count(tx, config, incident, seen, means)


def service_of(config: Config, beat: Beat) -> str | None:
    """The service that a monitor watches: as configured, else of the same name."""
    wanted = config.incidents.uptime_kuma.monitors.get(beat.name, beat.name)
    return wanted if wanted in config.services else None


def _tell_of_unknown(tx: Tx, config: Config, beat: Beat) -> None:
    """Nothing is opened, and nobody would ever hear of it: once a day for each monitor they do."""
    told = messages.unknown(beat, sorted(config.services), config.commands.incident)
    key = f"unknown-monitor:{beat.monitor}:{tx.now:%Y-%m-%d}"
    tx.post(Post(key=key, channel=config.slack.channel, message=told))


def _open(
    tx: Tx,
    config: Config,
    beat: Beat,
    service: str,
    others: Sequence[Incident],
    before: Incident | None,
) -> None:
    report = Report(
        service=service,
        severity=config.incidents.uptime_kuma.severity,
        title=messages.title(beat),
        impact=messages.impact(beat),
        started_at=beat.at,
        source=beat.source,
    )
    leads = [*tx.members(Role.LEAD), *tx.members(Role.ADMIN)]
    opened = open_up(tx, config, report, by=KUMA, lead=leads[0] if leads else None)
    room.say(tx, config, opened, "detected", messages.detected(opened, beat, others, before))


def _count(tx: Tx, config: Config, incident: Incident, beat: Beat, means: Means) -> None:
    """A number on its message; once an hour a word where it flaps, or where people judged the
    monitor's DOWNs mild. It is down from now on, unless it was seen up since.
    """
    is_old = incident.up_at is not None and beat.at <= incident.up_at <= tx.now
    up_at = incident.up_at if is_old else None
    counted = incident.with_(alerts=incident.alerts + 1, source=beat.source, up_at=up_at)
    saved = room.keep(tx, incident, counted)
    is_change = means is Means.JOINS or not (is_old or is_down(tx.events(saved.id)))
    if is_change:
        told = messages.joined(beat) if means is Means.JOINS else messages.again_down(beat)
        room.note(tx, saved, told, by=KUMA, at=beat.at, what=What.DOWN)
    if means is Means.JOINS:
        room.say(tx, config, saved, "detected", messages.detected(saved, beat))
    elif means is Means.IS_MILD:
        room.say(tx, config, saved, f"mild:{tx.now:%Y-%m-%dT%H}", messages.mild(saved, beat))
    elif is_change:
        room.say(tx, config, saved, f"flaps:{tx.now:%Y-%m-%dT%H}", messages.flaps(beat))


def _break_again(
    tx: Tx, config: Config, incident: Incident, beat: Beat, others: Sequence[Incident]
) -> None:
    """As bad as what a monitor opens, until people judge it."""
    bad = config.incidents.uptime_kuma.severity
    changes = {
        "severity": bad if bad.is_worse_than(incident.severity) else incident.severity,
        "alerts": incident.alerts + 1,
    }
    back = incident.with_(**changes)
    if incident.state is not State.INVESTIGATING:
        back = back.to(State.INVESTIGATING, tx.now)
    why = messages.impact(beat)
    saved = incident_decisions.bring_back(tx, config, incident, back, why, KUMA, beat.at, What.DOWN)
    told = messages.again(incident, saved, beat, others)
    room.say(tx, config, saved, f"reopened:{saved.revision}", told)


def _remember_up(tx: Tx, over: Incident, beat: Beat) -> None:
    """Kept also of what is over, since people judged only what was down before."""
    saved = room.keep(tx, over, over.with_(up_at=beat.at))
    room.note(tx, saved, messages.up(beat), by=KUMA, at=beat.at, what=What.UP)


def _propose(tx: Tx, config: Config, incident: Incident, beat: Beat) -> None:
    """It is remembered when it was, since what is down later is told again. Where the checks after
    a rollback or hotfix waited for nothing else, they have passed.
    """
    up_at = max(beat.at, incident.up_at or beat.at)
    saved = room.keep(tx, incident, incident.with_(up_at=up_at))
    room.note(tx, saved, messages.up(beat), by=KUMA, at=beat.at, what=What.UP)
    if incident_following.is_up_again(tx, config, saved):
        return
    word = f"up:{int(beat.at.timestamp())}"
    room.say(tx, config, saved, word, messages.proposal(saved, beat))
