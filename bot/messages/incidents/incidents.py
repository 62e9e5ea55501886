"""Incidents: the root message in the words of the process, the suspect below it, and the list."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.incidents.incidents import UNRESTORED, Incident, Severity, State
from bot.domain.incidents.promise import Score
from bot.domain.metrics.history import CauseState
from bot.messages import blocks as b
from bot.messages.blocks import Block, Message
from bot.messages.incidents import detection

DRILL = "[DRILL] "
_TEAM = {
    State.INVESTIGATING: "Investigating",
    State.IDENTIFIED: "Working on a fix",
    State.MONITORING: "Monitoring",
    State.RESTORED: "Monitoring",
    State.RESOLVED: "Working on the post-mortem",
    State.CLOSED: "Done",
}
DECISIONS = {
    Severity.OUTAGE: "roll back now",
    Severity.MAJOR: "roll back",
    Severity.MODERATE: "accelerate a hotfix",
    Severity.MINOR: "monitor, fix in the next deployment",
}
"""What the process decides by severity."""


def titled(service: str, severity: Severity) -> str:
    """The title of an incident to which nobody gave one."""
    if severity is Severity.OUTAGE:
        return "Service outage detected"
    return f"{service}: {severity} degradation"


def root(
    incident: Incident,
    playbook: str | None = None,
    asides: Sequence[str] = (),
    more: Sequence[Block] = (),
) -> Message:
    """The one message of an incident, line by line as the process has it; `asides` say how far
    paging and the status page are, `more` are buttons beside its own. `playbook` is the address
    of the team's own; where that has none, a button opens ours, also when all is over.
    """
    head, *rest = lines(incident)
    text = "\n".join((head, *rest))
    parts: list[Block] = [b.section("\n".join((f"*{head}*", *rest)))]
    parts.extend(b.context(aside) for aside in asides if aside)
    if not playbook:
        more = (*more, b.button("Playbook", "incident_playbook", str(incident.id)))
    if row := (*controls(incident), *more):
        parts.append(b.actions(f"incident:{incident.id}", *row))
    parts.append(b.context(*_small_print(incident, playbook)))
    return Message(text, tuple(parts))


def lines(incident: Incident) -> list[str]:
    """The template of the process with the facts of this incident."""
    i = incident
    status = str(i.state).capitalize()
    if i.closure is not None and i.state is State.CLOSED:
        of = f" of INC-{i.duplicate_of}" if i.duplicate_of else ""
        status += f" ({str(i.closure).replace('_', ' ')}{of})"
    lead = f", led by {b.mention(i.lead)}" if i.lead and i.is_open else ""
    if i.comms and i.is_open:
        lead += f", news by {b.mention(i.comms)}"
    return [
        f"{DRILL if i.drill else ''}🚨 INCIDENT: {b.line(i.title, 200)}",
        f"Status: {status}",
        f"Impact: {b.line(i.impact)}",
        f"Started: {utc(i.started_at)}",
        f"Team: {_TEAM[i.state]}{lead}",
        f"Updates: {_updates(i)}",
    ]


def utc(moment: datetime) -> str:
    """A time as the process writes it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _updates(i: Incident) -> str:
    if i.promised_at is None:
        return "None due"
    if i.informed_at == i.declared_at and i.revision <= 1:
        return f"Will provide update in {in_words(i.promised_at - i.declared_at)}"
    return f"Next update by {promised(i)}"


def promised(i: Incident) -> str:
    """By when the next update is due; with its day, unless people heard of it that very day."""
    if i.promised_at is None:
        return "no time"
    is_late = is_other_day(i.informed_at or i.declared_at, i.promised_at)
    return b.when(i.promised_at) if is_late else b.clock_time(i.promised_at)


def is_other_day(one: datetime, other: datetime | None) -> bool:
    """Whether a bare time would leave open on which day it is."""
    return other is not None and one.astimezone(UTC).date() != other.astimezone(UTC).date()


def in_words(length: timedelta) -> str:
    """A cadence in words: 15 minutes."""
    minutes = max(1, round(length / timedelta(minutes=1)))
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def controls(incident: Incident) -> tuple[Block, ...]:
    """The buttons that people may press now; each is judged once more when it is."""
    value = str(incident.id)
    update = b.button("Post Update", "incident_update", value, style="primary")
    lead = b.button("Assign Lead", "incident_lead", value)
    edit = b.button("Edit", "incident_edit", value)
    close = b.button("Close", "incident_close", value)
    reopen = b.button("Reopen", "incident_reopen", value)
    row: tuple[Block, ...]
    match incident.state:
        case State.RESTORED:
            resolve = b.button("Resolve", "incident_resolve", value)
            row = (update, resolve, lead, edit, reopen, close)
        case State.RESOLVED:
            published = b.button(
                "Post-Mortem Published", "incident_published", value, style="primary"
            )
            is_owed = incident.postmortem is not None and not incident.postmortem.published_at
            row = (*((published,) if is_owed else ()), close, lead, edit, reopen)
        case State.CLOSED:
            return ()
        case _:
            restored = b.button("Restored", "incident_restored", value)
            resolve = b.button("Resolve", "incident_resolve", value)
            row = (update, restored, resolve, lead, edit, close)
    hastened: tuple[Block, ...] = ()
    if incident.is_open and incident.severity is Severity.MODERATE and not incident.drill:
        hastened = (b.button("Start Hotfix", "hotfix", f"INC:{value}"),)
    return (*row, *hastened)


def _small_print(i: Incident, playbook: str | None) -> list[str]:
    parts = [i.name, f"{b.line(i.service, 80)}, {i.severity}: {DECISIONS[i.severity]}"]
    parts.append(f"opened by {b.mention(i.declared_by)}")
    if i.alerts:
        parts.append(detection.counted(i))
    if i.freezes:
        parts.append("production is frozen")
    if i.affected:
        parts.append(f"affected: {b.line(i.affected, 200)}")
    if i.eta and i.state in UNRESTORED:
        parts.append(f"ETA for a fix: {b.line(i.eta, 100)}")
    if i.cause is not None:
        parts.append(f"{_cause_word(i)}: {b.line(i.cause, 80)}")
    if i.restored_at:
        parts.append(
            f"restored {b.when(i.restored_at)} after {b.span(i.restored_at - i.started_at)}"
        )
    if i.resolved_at:
        parts.append(f"resolved {b.when(i.resolved_at)}")
    parts.extend(_postmortem(i))
    if playbook:
        parts.append(f"Playbook: {b.link(playbook, 'what to do')}")
    return parts


def _cause_word(i: Incident) -> str:
    return {CauseState.CONFIRMED: "cause", CauseState.REFUTED: "not the cause"}.get(
        i.cause_state, "suspect"
    )


def _postmortem(i: Incident) -> list[str]:
    found = i.postmortem
    if found is None:
        return []
    if found.published_at:
        return [f"{b.link(found.url, 'post-mortem')} published"]
    due = f", due {b.when(found.due_at)}" if found.due_at else ""
    if found.url:
        trouble = f" ({b.line(found.trouble, 200)})" if found.trouble else ""
        return [f"{b.link(found.url, 'post-mortem draft')}{due}{trouble}"]
    if found.trouble:
        return [f"post-mortem draft: {b.line(found.trouble, 200)}{due}"]
    return [f"post-mortem draft follows{due}"]


def opened(incident: Incident, others: Sequence[Incident], command: str) -> Message:
    """The answer to whoever opened it; `others` are open about the same service."""
    word = "Drill" if incident.drill else "Incident"
    text = f"{word} {incident.name} is open ({incident.severity}: {DECISIONS[incident.severity]}). "
    text += "Its thread is the room for it; the channel has the message now."
    if others:
        text += (
            f" {detection.beside(others)}: if it is the same, go on there "
            f"({b.line(command)} update {others[0].name} …), and Close this one as a duplicate."
        )
    return Message(text)


def listing(incidents: Sequence[Incident], command: str) -> Message:
    """The answer to `/incident list`."""
    if not incidents:
        return Message(f"No incident is open. {b.line(command)} outage … opens one.")
    rows = ["*Open incidents*"]
    for i in incidents:
        lead = f"led by {b.mention(i.lead)}" if i.lead else "no lead yet"
        due = f", next update by {promised(i)}" if i.promised_at else ""
        drill = DRILL if i.drill else ""
        rows.append(
            f"• {i.name} {drill}{b.line(i.title, 120)} ({i.severity}, {i.state}) since "
            f"{b.when(i.started_at)}, {lead}{due}\n    {b.line(i.impact, 200)}"
        )
    return Message("\n".join(rows), b.sections(rows))


def kept(score: Score) -> str:
    """How the promises fared: 3 of 4 on time, one 4 min late."""
    text = f"{score.kept} of {score.made} on time"
    for late in score.late:
        text += f", one {b.span(late)} late"
    if untold := score.made - score.kept - len(score.late):
        text += f", {untold} with no word but mine"
    return text
