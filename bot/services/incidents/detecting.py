"""Detecting: what a monitor reports opens an incident, once, however often it flaps."""

import structlog

from bot.config import Config
from bot.domain.incidents.detection import KUMA, Beat
from bot.domain.incidents.incidents import UNRESTORED, Incident, Severity, State
from bot.domain.people import Role
from bot.messages.incidents import detection as messages
from bot.ports import Post, Tx
from bot.services.incidents import incident_decisions
from bot.services.incidents import incident_room as room
from bot.services.incidents.incidents import Report, open_up

log = structlog.get_logger()


def hear(tx: Tx, config: Config, beat: Beat) -> None:
    """DOWN opens an incident or is counted by the one that is open; UP only proposes its end."""
    service = _service(config, beat)
    if service is None:
        log.warning("unknown_monitor", monitor=beat.name)
        if beat.status == "down":
            _tell_of_unknown(tx, config, beat)
        return
    is_new = tx.first_time(beat.key, "kuma", KUMA)
    if not is_new:  # what comes again opens nothing, and is not counted twice
        return
    found = [one for one in tx.open_incidents() if one.service == service and not one.drill]
    ours = next((one for one in found if one.source == beat.source), None)
    if beat.status == "up":
        if ours is not None:
            _propose(tx, config, ours, beat)
        return
    bad = config.incidents.uptime_kuma.severity
    known = ours or next((one for one in found if _is_as_bad(one, bad)), None)
    if known is None:
        _open(tx, config, beat, service, found)
    elif known.state in UNRESTORED:
        _count(tx, config, known, beat, bad)
    else:
        _reopen(tx, config, known, beat, bad)


def _service(config: Config, beat: Beat) -> str | None:
    """The service that a monitor watches: as configured, else of the same name."""
    wanted = config.incidents.uptime_kuma.monitors.get(beat.name, beat.name)
    return wanted if wanted in config.services else None


def _tell_of_unknown(tx: Tx, config: Config, beat: Beat) -> None:
    """Nothing is opened, and nobody would ever hear of it: once a day for each monitor they do."""
    told = messages.unknown(beat, sorted(config.services), config.commands.incident)
    key = f"unknown-monitor:{beat.monitor}:{tx.now:%Y-%m-%d}"
    tx.post(Post(key=key, channel=config.slack.channel, message=told))


def _is_as_bad(incident: Incident, severity: Severity) -> bool:
    """Whether what a person opened takes in what a monitor reports: people were called for it, and
    users are not served yet.
    """
    is_milder = severity.is_worse_than(incident.severity)
    return not incident.source and incident.state in UNRESTORED and not is_milder


def _open(tx: Tx, config: Config, beat: Beat, service: str, others: list[Incident]) -> None:
    report = Report(
        service=service,
        severity=config.incidents.uptime_kuma.severity,
        title=messages.title(beat),
        impact=messages.impact(beat),
        started_at=min(beat.at, tx.now),
        source=beat.source,
    )
    leads = [*tx.members(Role.LEAD), *tx.members(Role.ADMIN)]
    opened = open_up(tx, config, report, by=KUMA, lead=leads[0] if leads else None)
    room.say(tx, config, opened, "detected", messages.detected(opened, beat, others))


def _count(tx: Tx, config: Config, incident: Incident, beat: Beat, bad: Severity) -> None:
    """A number on its message; once an hour a word where people judged the monitor's DOWNs mild."""
    counted = incident.with_(alerts=incident.alerts + 1, source=beat.source)
    saved = room.keep(tx, incident, counted)
    if not incident.source:
        room.note(tx, saved, messages.joined(beat), by=KUMA, at=min(beat.at, tx.now))
        room.say(tx, config, saved, "detected", messages.detected(saved, beat))
    elif bad.is_worse_than(saved.severity):
        room.say(tx, config, saved, f"mild:{tx.now:%Y-%m-%dT%H}", messages.mild(saved, beat))


def _reopen(tx: Tx, config: Config, incident: Incident, beat: Beat, bad: Severity) -> None:
    """It was restored and is down again: as bad as what a monitor opens, until people judge it."""
    severity = bad if bad.is_worse_than(incident.severity) else incident.severity
    back = incident.to(State.INVESTIGATING, tx.now, severity=severity, alerts=incident.alerts + 1)
    at = min(beat.at, tx.now)
    saved = incident_decisions.bring_back(
        tx, config, incident, back, messages.impact(beat), KUMA, at
    )
    room.say(tx, config, saved, f"reopened:{saved.revision}", messages.again(saved, beat))


def _propose(tx: Tx, config: Config, incident: Incident, beat: Beat) -> None:
    room.note(tx, incident, messages.up(beat), by=KUMA, at=min(beat.at, tx.now))
    word = f"up:{int(beat.at.timestamp())}"
    room.say(tx, config, incident, word, messages.proposal(incident, beat))
