"""Checklists: the process's list for one deployment, with its evidence and buttons to sign."""

from collections.abc import Iterable, Sequence

from bot.domain.deployments.deployments import Deployment
from bot.domain.gates.checklist import Entry, Mark, entries, to_sign
from bot.domain.gates.items import Phase, title
from bot.domain.incidents.incidents import Incident
from bot.domain.metrics.history import CauseState
from bot.domain.words import listing
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.deployments.cards import status

_HEADINGS = {
    Phase.BEFORE: "Before",
    Phase.DURING: "During",
    Phase.PRODUCTION: "In production",
    Phase.AFTER: "After",
    Phase.ISSUES: "If issues",
}
_MARKS = {
    Mark.DONE: "✓",
    Mark.SIGNED: "✓",
    Mark.AGAINST: "✗",
    Mark.OPEN: "○",
    Mark.NOT_NEEDED: "–",
}


def lines(found: Iterable[Entry]) -> list[str]:
    """The list, phase by phase; what is not needed at all takes one line."""
    listed = tuple(found)
    said: list[str] = []
    for phase, heading in _HEADINGS.items():
        said.append(f"*{heading}*" if said else f"*Checklist*\n*{heading}*")
        those = [entry for entry in listed if entry.phase is phase]
        if all(entry.mark is Mark.NOT_NEEDED for entry in those):
            titles = ", ".join(title(entry.item) for entry in those)
            said.append(f"{_MARKS[Mark.NOT_NEEDED]} {titles}: not needed")
        elif phase is Phase.PRODUCTION and all(_is_unread(entry) for entry in those):
            titles = ", ".join(title(entry.item) for entry in those)
            said.append(f"{_MARKS[Mark.OPEN]} {titles}: not checked")
        else:
            said.extend(map(line, those))
    return said


def reply(d: Deployment) -> Message:
    """The list in the card's thread; what nothing was read for can be signed there."""
    head = f"Checklist of {d.name}"
    blocks = [*b.sections(lines(entries(d)))]
    buttons = [
        b.button(f"Sign Off {title(item)}", f"sign_off_{item}", str(d.id)) for item in to_sign(d)
    ]
    if buttons:
        blocks.append(b.actions(f"sign:{d.id}", *buttons))
    return Message(head, tuple(blocks))


def _is_unread(entry: Entry) -> bool:
    return entry.mark is Mark.OPEN and not entry.text


def line(entry: Entry) -> str:
    """One item with its mark, what was read, and whose name is on it."""
    text = f"{_MARKS[entry.mark]} {title(entry.item)}"
    if entry.phase is Phase.PRODUCTION and entry.mark is Mark.OPEN:
        text += ": not checked"
    if entry.text:
        text += f": {b.line(entry.text, 200)}"
    if entry.mark is Mark.NOT_NEEDED:
        text += ": not needed"
    if entry.by and entry.mark is not Mark.AGAINST:
        verb = "signed off by" if entry.mark is Mark.SIGNED else "by"
        when = f" {b.when(entry.at)}" if entry.at else ""
        text += f", {verb} {b.mention(entry.by)}{when}"
    return text


def came_next(d: Deployment) -> str:
    """A rollback or hotfix that came after a deployment, and how it stands."""
    return f"{d.name}, {d.version} {status(d).lower()}"


def causes(incidents: Sequence[Incident]) -> str:
    """The incidents whose cause people, or a rollback that helped, have confirmed."""
    sure = [one.name for one in incidents if one.cause_state is CauseState.CONFIRMED]
    return f"it is the confirmed cause of {listing(sure)}" if sure else ""


def post_mortems(incidents: Sequence[Incident]) -> str:
    """The post-mortems of incidents that are published, or have a day."""
    return "; ".join(filter(None, map(_post_mortem, incidents)))


def _post_mortem(incident: Incident) -> str:
    found = incident.postmortem
    if found is None or not (found.published_at or found.due_at):
        return ""
    said = "published" if found.published_at else "due"
    at = found.published_at or found.due_at
    return f"{incident.name}, {said} {at:%Y-%m-%d %H:%M} UTC"
