"""Post-mortems: the draft that an incident leaves behind, and the reminders to write it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from bot.domain.deployments.deployments import Deployment
from bot.domain.incidents.incidents import Incident
from bot.domain.incidents.promise import score
from bot.domain.incidents.timeline import Event, words
from bot.domain.metrics.history import CauseState
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.incidents.incidents import DECISIONS, is_other_day, kept, utc
from bot.messages.markdown import plain

MOST_LETTERS = 60_000
"""GitHub takes 65,536 characters."""

MOST_OF_ENTRY, MOST_CHANGES = 500, 100
NO_LOGIN = "the login of its owner at GitHub is not configured, so its assignee stays"
"""Why somebody else is its assignee."""


def reminder(incident: Incident, now: datetime) -> Message:
    """What its owner reads until it is published."""
    found = incident.postmortem
    assert found is not None and found.due_at is not None
    draft = b.link(found.url, "The draft") if found.url else "The draft"
    verb = "is" if now < found.due_at else "was"
    text = (
        f"{b.mention(incident.owner)} The post-mortem of {incident.name} "
        f"({b.line(incident.title, 120)}) {verb} due {b.when(found.due_at)}. "
        f"{draft} has the timeline and the clocks; press Post-Mortem Published when it is done."
    )
    control = b.actions(
        f"postmortem:{incident.id}",
        b.button("Post-Mortem Published", "incident_published", str(incident.id)),
    )
    return Message(text, (b.section(text), control))


def drafted(incident: Incident, login: str | None, *, is_assigned: bool) -> Message:
    """That the draft is there, in the thread, and whether GitHub assigned its owner, who has that
    `login`, where we know one.
    """
    found = incident.postmortem
    assert found is not None
    link = b.link(found.url, f"The post-mortem is drafted in #{found.number}")
    text = f"{link}. {b.mention(incident.owner)} owns it"
    if login is None:
        return Message(f"{text}; their login at GitHub is not configured, so nobody is assigned.")
    if not is_assigned:
        return Message(f"{text}; GitHub did not assign {b.line(login, 80)}: see their access.")
    return Message(f"{text} and is assigned.")


def not_assigned(login: str, why: str) -> str:
    """On the incident's message, when GitHub leaves the draft with somebody else."""
    return f"GitHub did not assign {login}: {why}"


def not_assigned_yet(login: str, why: str) -> str:
    """While GitHub cannot be reached."""
    return f"{login} is not assigned yet, waiting for GitHub: {why}"


def mark(incident: Incident) -> str:
    """The word by which the draft is found again; another bot's INC-7 has another one."""
    return f"gonogo-{incident.name}-{int(incident.declared_at.timestamp())}"


def title(incident: Incident) -> str:
    """The title of the issue."""
    return f"Post-mortem {incident.name}: {' '.join(incident.title.split())[:200]}"


def draft(
    incident: Incident,
    events: Sequence[Event],
    cause: Deployment | None,
    owner: str | None,
    name_of: Callable[[str], str],
) -> str:
    """The draft as Markdown: what is known, and what only people can fill in."""
    i = incident
    people = dict.fromkeys(e.by for e in events if e.by != "gonogo")
    before = [
        f"<!-- {mark(i)} -->",
        f"**{plain(i.title)}** ({i.name}, {i.severity}: {DECISIONS[i.severity]})",
        f"Impact: {plain(i.impact)}",
        f"Service: {plain(i.service)}" + (f"; affected: {plain(i.affected)}" if i.affected else ""),
        f"Owner: {f'@{owner}' if owner else plain(name_of(i.owner))}",
        f"Took part: {', '.join(plain(name_of(who)) for who in people) or 'nobody but the bot'}",
        "## Clocks",
        "\n".join(f"- {line}" for line in _clocks(i)),
        "## Suspected change",
        _change(i, cause),
        *_readings(cause),
        "## Timeline",
    ]
    after = [
        "## Promises",
        kept(score(words(events))) if words(events) else "No update was due.",
        *(
            f"## {heading}\n\n_To be written._"
            for heading in ("Root cause", "What went well", "What went wrong", "Actions")
        ),
    ]
    room = MOST_LETTERS - sum(len(part) + 2 for part in (*before, *after))
    timeline = "\n".join(_entries(events, name_of, room))
    return "\n\n".join((*before, timeline, *after)) + "\n"


def _entries(events: Sequence[Event], name_of: Callable[[str], str], room: int) -> Iterator[str]:
    """As many of them as there is room for, and how many stand in Slack alone."""
    for place, event in enumerate(events):
        entry = _entry(event, name_of)
        room -= len(entry) + 1
        if room < 0:
            yield f"- and {len(events) - place} more, in Slack"
            return
        yield entry


def _clocks(i: Incident) -> list[str]:
    found = [f"Started: {utc(i.started_at)}"]
    if i.detected_at:
        found.append(
            f"Detected: {utc(i.detected_at)} (after {_span(i.detected_at - i.started_at)})"
        )
    found.append(f"Declared: {utc(i.declared_at)} (after {_span(i.declared_at - i.started_at)})")
    if i.restored_at:
        found.append(
            f"Restored: {utc(i.restored_at)} (after {_span(i.restored_at - i.started_at)})"
        )
    if i.resolved_at:
        found.append(
            f"Resolved: {utc(i.resolved_at)} (after {_span(i.resolved_at - i.started_at)})"
        )
    return found


def _span(length: timedelta) -> str:
    """Hours are not cut to what is left of a day: 26 h 5 min."""
    minutes = max(0, round(length / timedelta(minutes=1)))
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _change(i: Incident, cause: Deployment | None) -> str:
    if i.cause is None:
        return "No deployment was live in the 24 hours before."
    sure = {CauseState.CONFIRMED: "confirmed", CauseState.REFUTED: "ruled out"}
    version = f"{plain(cause.version)} ({i.cause})" if cause else plain(i.cause)
    lines = [f"{version}, {sure.get(i.cause_state, 'suspected')}: {plain(i.cause_why)}"]
    listed = cause.changes if cause else None
    changes = listed.changes if listed else ()
    lines += [f"- {_cut(change.title, 200)}" for change in changes[:MOST_CHANGES]]
    if more := len(changes[MOST_CHANGES:]):
        lines.append(f"- and {more} more")
    return "\n".join(lines)


def _readings(cause: Deployment | None) -> list[str]:
    """What its checks showed, with the time of each; nothing where none was read."""
    found = cause.validation.readings if cause and cause.validation else ()
    lines = [
        f"- {utc(one.at)} {plain(one.what.replace('_', ' '))}: {plain(one.text)} ({one.outcome})"
        for one in found
    ]
    return ["## Readings after it", "\n".join(lines)] if lines else []


def _cut(text: str, most: int) -> str:
    return plain(text if len(text) <= most else f"{text[: most - 1]}…")


def _entry(event: Event, name_of: Callable[[str], str]) -> str:
    text = "deleted in Slack" if event.is_deleted else _cut(event.text, MOST_OF_ENTRY)
    by = "" if event.by == "gonogo" else f" ({plain(name_of(event.by))})"
    form = "%Y-%m-%d %H:%M" if is_other_day(event.occurred_at, event.recorded_at) else "%H:%M"
    marks = [
        *([f"recorded {event.recorded_at:{form}}"] if event.is_late else []),
        *(["edited"] if event.is_edited else []),
    ]
    told = f" _{', '.join(marks)}_" if marks else ""
    return f"- {utc(event.occurred_at)} {text}{by}{told}"
