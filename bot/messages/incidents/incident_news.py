"""Incident news: what is said in the thread of an incident, in the channel, and to its lead."""

from datetime import datetime

from bot.domain.incidents.incidents import UNRESTORED, Incident, Severity, State
from bot.domain.incidents.origins import Origin
from bot.domain.incidents.promise import Score
from bot.domain.metrics.history import CauseState
from bot.messages import blocks as b
from bot.messages.blocks import Block, Message
from bot.messages.incidents.incident_forms import whose
from bot.messages.incidents.incidents import (
    DECISIONS,
    DRILL,
    is_other_day,
    kept,
    promised,
    utc,
)


def _next(incident: Incident) -> str:
    return f" Next update by {promised(incident)}." if incident.promised_at else ""


def update(incident: Incident, by: str, text: str) -> Message:
    """An update of a person, in the thread."""
    said = f"*Update* by {b.mention(by)}: {b.line(text, 2500)}"
    return Message(f"{said}\n{str(incident.state).capitalize()}.{_next(incident)}")


def moved(incident: Incident, by: str, why: str = "") -> Message:
    """A change of state by a person, in the thread."""
    reason = f": {b.quoted(why)}" if why else ""
    said = f"{incident.name} is {incident.state} now, says {b.mention(by)}{reason}."
    has_draft = incident.postmortem is not None and incident.postmortem.url
    if incident.state in UNRESTORED and has_draft:
        said += " The draft of its post-mortem ends before that: what follows is to be added."
    return Message(f"{said}{_next(incident)}")


def nudge(incident: Incident) -> Message:
    """What the lead is told three minutes before an update is due."""
    text = (
        f"{incident.name} {b.line(incident.title, 120)}: the next update is due at "
        f"{promised(incident)}."
    )
    return Message(text, (b.section(text), _reminder_controls(incident)))


def overdue(incident: Incident) -> Message:
    """The mention in the thread when an update is due."""
    text = (
        f"{b.mention(incident.speaker)} The update that was promised for "
        f"{promised(incident)} is due now."
    )
    return Message(text, (b.section(text), _reminder_controls(incident)))


def undecided(incident: Incident) -> Message:
    """When nobody has decided about the suspect for ten minutes."""
    text = (
        f"{b.mention(incident.owner)} {b.line(incident.cause or '', 80)} is still only suspected, "
        "and nothing is rolled back: go back, or say that it was not this one."
    )
    return Message(text, (b.section(text), _suspect_controls(incident)))


def no_news(before: Incident, after: Incident, *, mention: bool) -> Message:
    """What the bot says itself when nobody else does; with a mention where there was none yet."""
    since = before.informed_at or before.declared_at
    who = f"{b.mention(before.speaker)} " if mention else ""
    day = f"{since:%Y-%m-%d} " if is_other_day(since, after.promised_at) else ""
    text = f"{who}No new information since {day}{since:%H:%M} UTC. Still {before.state}."
    if after.can_wait:
        text += " Is nothing left to do? Resolve ends it, and these reminders."
    text += _next(after)
    return Message(text, (b.section(text), _reminder_controls(after)))


def _reminder_controls(incident: Incident) -> Block:
    """With the way to its end, where nothing but that may be missing."""
    value = str(incident.id)
    resolve = b.button("Resolve", "incident_resolve", value)
    return b.actions(
        f"reminder:{incident.id}",
        b.button("Post Update", "incident_update", value, style="primary"),
        b.button("Snooze", "incident_snooze", value),
        *((resolve,) if incident.can_wait else ()),
    )


def snoozed(incident: Incident, by: str) -> Message:
    """A snooze, in the thread: people were promised something else."""
    return Message(f"{b.mention(by)} put the update off.{_next(incident)}")


def done(incident: Incident, word: str) -> Message:
    """The answer to a click or a form that was carried out."""
    return Message(f"{incident.name}: {word}.")


def resolved(incident: Incident, score: Score) -> Message:
    """The announcement when it is over."""
    i = incident
    head = f"{DRILL if i.drill else ''}INCIDENT RESOLVED: {b.line(i.title, 200)}"
    took = b.span(i.restored_at - i.started_at) if i.restored_at else ""
    rows = [
        f"Impact: {b.line(i.impact)}",
        f"Started: {utc(i.started_at)}",
        f"Restored: {utc(i.restored_at)} (after {took})"
        if i.restored_at
        else "Restored: not known",
        f"Resolved: {utc(i.resolved_at)}" if i.resolved_at else "Resolved: not known",
        f"Cause: {_cause(i)}",
        f"Updates: {kept(score)}" if score.made else "Updates: none were due",
        f"Post-mortem: {_due(i)}",
    ]
    body = "\n".join(rows)
    return Message(f"{head}\n{body}", (b.section(f"*{head}*\n{body}"),))


def _cause(i: Incident) -> str:
    if i.cause is None or i.cause_state is CauseState.REFUTED:
        return "not known yet"
    sure = i.cause_state is CauseState.CONFIRMED
    return (
        f"{b.line(i.cause, 80)}" if sure else f"{b.line(i.cause, 80)} is suspected, not confirmed"
    )


def _due(i: Incident) -> str:
    if i.postmortem is None or i.postmortem.due_at is None:
        return "not asked for"
    return f"due {utc(i.postmortem.due_at)}, owner {b.mention(i.owner)}"


def suspect(
    incident: Incident,
    version: str | None,
    *,
    takes_back: str | None,
    takes_along: str | None = None,
    undone_by: str | None = None,
    had_some: bool = False,
) -> Message:
    """The likeliest cause with what speaks for it, and what can be done about it.

    `takes_back` is the version that a rollback would go to, and `takes_along` what went live after
    the suspect; `undone_by` is what is live since one took the suspect back: a second one would go
    too far. `had_some` says that there are some, of which people suspect none.
    """
    i = incident
    another = "" if i.state is State.CLOSED else " Edit can name another, however old."
    if i.cause is None:
        service = b.line(i.service, 80)
        why = "is suspected" if had_some else "went live in the 24 hours before the start"
        return Message(f"No deployment of {service} {why}.{another}")
    name = f"{b.line(version, 64)} ({b.line(i.cause, 80)})" if version else b.line(i.cause, 80)
    text = {
        CauseState.CONFIRMED: f"*Cause: {name}*, confirmed: {b.line(i.cause_why)}.",
        CauseState.REFUTED: f"{name} is not the cause: {b.line(i.cause_why)}.{another}",
    }.get(i.cause_state, f"*Suspect: {name}*, {b.line(i.cause_why)}.")
    offers = i.is_open and i.cause_state is not CauseState.REFUTED
    if undone_by:
        text += f"\nIt was rolled back: {b.line(undone_by, 64)} is live."
    elif offers and takes_back:
        first = "Roll back first" if i.severity.freezes else "Rolling back"
        text += f"\n{first}: {b.line(takes_back, 64)} is the last known-good version."
        if takes_along:
            text += f" {b.line(takes_along, 64)} came after it, and goes back with it."
    parts: list[Block] = [b.section(text)]
    if offers:
        parts.append(_suspect_controls(i, can_roll_back=not undone_by))
    return Message(text, tuple(parts))


def _suspect_controls(i: Incident, *, can_roll_back: bool = True) -> Block:
    value = f"{i.id}:{i.cause}"
    style = "danger" if i.severity.freezes else None
    roll_back = b.button("Roll Back", "incident_roll_back", value, style=style)
    slip = b.confirmation(
        f"It was not {b.line(i.cause or '', 80)}?",
        "The next likeliest takes its place; Edit names another, or this one again.",
        "Not This One",
        "Back",
    )
    judge = (
        (b.button("Refute", "incident_refute", value),)
        if i.cause_state is CauseState.CONFIRMED
        else (
            b.button("Confirm", "incident_confirm", value),
            b.button("Not This One", "incident_not_this", value, confirm=slip),
        )
    )
    return b.actions(f"suspect:{i.id}", *((roll_back,) if can_roll_back else ()), *judge)


def restored_by(incident: Incident, name: str, version: str) -> Message:
    """That production was seen healthy after the rollback or hotfix, in the thread."""
    assert incident.restored_at is not None
    took = b.span(incident.restored_at - incident.started_at)
    return Message(
        f"{name} brought {b.line(version, 64)} and its checks passed: restored "
        f"{b.when(incident.restored_at)}, {took} after the start. "
        f"{b.mention(incident.owner)} press Resolve when nothing is left to do.{_next(incident)}"
    )


def still_down(incident: Incident, name: str, version: str) -> Message:
    """That production is healthy by its own checks, and not by the monitor that reported it."""
    return Message(
        f"{name} brought {b.line(version, 64)} and its checks passed, but Uptime Kuma still "
        "reports it down. It is restored when that reaches it again: "
        f"{b.mention(incident.owner)} look whether this helped, or press Restored if it did."
    )


def perhaps_restored(incident: Incident, name: str, version: str) -> Message:
    """That production is healthy, but nobody said that this was the cause."""
    return Message(
        f"{name} brought {b.line(version, 64)} and its checks passed. Whether users are served "
        f"again I cannot see: {b.mention(incident.owner)} press Restored if they are."
    )


def followed_up(incident: Incident, version: str) -> Message:
    """That the deployment which was to mend a minor incident is live."""
    return Message(
        f"{b.line(version, 64)} is live, which was to follow {incident.name} up. "
        f"{b.mention(incident.owner)} press Resolve if it did."
    )


def led(incident: Incident, by: str) -> Message:
    """A change of lead, in the thread, which is how the new one hears of it."""
    said = f"{b.mention(incident.owner)} leads {incident.name}"
    if incident.comms:
        said += f", {b.mention(incident.comms)} keeps people informed"
    if incident.lead != by:
        said += f", says {b.mention(by)}"
    return Message(f"{said}.{_next(incident)}")


def severity(incident: Incident, before: Severity, by: str) -> Message:
    """A change of severity, in the thread, with what it decides."""
    word = "raised" if incident.severity.is_worse_than(before) else "lowered"
    return Message(
        f"{b.mention(by)} {word} the severity of {incident.name} from {before} to "
        f"{incident.severity}: {DECISIONS[incident.severity]}.{_next(incident)}"
    )


def judged(word: str, by: str) -> Message:
    """What a person said about the suspect, in the thread."""
    return Message(f"{b.mention(by)}: {word}")


def frozen(incident: Incident, deploy: str) -> Message:
    """Why nobody can deploy, in the thread."""
    command = f"`{b.line(deploy)} v… hotfix {incident.name} because …`"
    return Message(
        f"Production of {b.line(incident.service, 80)} is frozen until this is resolved: "
        f"a rollback and {command} still go."
    )


def thawed(incident: Incident) -> Message:
    """That deployments go again."""
    return Message(f"Production of {b.line(incident.service, 80)} is no longer frozen.")


def away(since: datetime, until: datetime) -> str:
    """The timeline's entry when the bot itself was down."""
    form = "%Y-%m-%d %H:%M" if is_other_day(since, until) else "%H:%M"
    return f"gonogo was away from about {since:{form}} to {until:{form}} UTC"


def opened_from(origin: Origin) -> Message:
    """The message that it was opened from, in the thread; its address follows when this leaves."""
    return Message(f"Opened from {whose(origin)}.")


def lane(incident: Incident, deploy: str) -> Message | None:
    """What the severity decides, in the thread; None where the suspect says it."""
    match incident.severity:
        case Severity.MODERATE:
            command = f"`{b.line(deploy)} v… hotfix {incident.name} because …`"
            return Message(
                f"{DECISIONS[Severity.MODERATE].capitalize()}: {command} takes the hotfix lane, "
                "with fewer checks and the same second person."
            )
        case Severity.MINOR:
            return Message(
                "Minor: it is followed up by the next deployment of "
                f"{b.line(incident.service, 80)}, whose card reminds of it."
            )
        case _:
            return None
