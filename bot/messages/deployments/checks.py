"""Checks: what the gates found, who lifted or signed what, and the risk, as a card shows them."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.risk import Risk
from bot.domain.gates import Gate, Level, Verdict
from bot.domain.gates import title as gate_title
from bot.domain.gates.checklist import Entry, Mark, to_check
from bot.domain.gates.items import APPROVERS_CHECKS, BACKUP
from bot.domain.gates.items import title as item_title
from bot.domain.gates.overrides import standing
from bot.domain.gates.signatures import Override, SignOff
from bot.domain.words import count
from bot.messages import blocks as b
from bot.messages.blocks import Block
from bot.messages.rollbacks import rehearsals

_LABELS = {
    Level.PASS: "",
    Level.WARN: "*Warning:* ",
    Level.BLOCK: "*Blocked:* ",
    Level.NOT_SET_UP: "*Not set up:* ",
}


def verdict(found: Verdict) -> str:
    """A gate's verdict as a phrase; all but a pass says in words what it is."""
    return _LABELS[found.level] + b.line(found.text)


def reasons(verdicts: Iterable[Verdict]) -> list[str]:
    """What blocks, each with the next action."""
    return [f"• {b.line(v.text)}. {b.line(v.action)}".rstrip() for v in verdicts]


def evidence(d: Deployment) -> Iterator[Block]:
    """What whoever approves has to know: blocks, the process's four checks, the rest, the risk."""
    if blocking := standing(d):
        yield b.section("\n".join(["*Blocked*", *reasons(blocking)]))
    if d.overrides:
        yield b.section("\n".join(map(lifted, d.overrides)))
    if d.rehearsal:
        yield b.section(rehearsals.way_back(d.rehearsal))
    asked = to_check(d)
    if asked:
        yield b.section("\n".join(["*Before you approve*", *map(_check, asked)]))
    shown = {*(v.gate for v in blocking), *(APPROVERS_CHECKS if asked else ())}
    if d.rehearsal:  # its line says more than the verdict
        shown.add(Gate.WAY_BACK)
    rest = [verdict(v) for v in d.verdicts if v.gate not in shown]
    backups = [signed(s) for s in d.sign_offs if s.item == BACKUP]
    if rest or backups:
        read = [f"read {b.clock_time(d.judged_at)}"] if d.judged_at else []
        yield b.context(*rest, *backups, *read)
    if d.risk:
        yield b.context(f"*Risk:* {risk(d.risk, d)}")


def lifted(override: Override) -> str:
    """Who lifted a gate, and why."""
    return (
        f"*{b.line(gate_title(override.gate), 40)} lifted* by {b.mention(override.by)} "
        f"{b.when(override.at)}: {b.line(override.reason)}"
    )


def signed(name: SignOff) -> str:
    """Who signed which item."""
    what = "Backup" if name.item == BACKUP else item_title(name.item)
    note = f": {b.line(name.note)}" if name.note else ""
    return f"{b.line(what, 80)} signed off by {b.mention(name.by)} {b.when(name.at)}{note}"


def _check(entry: Entry) -> str:
    """One of the four checks, with what it rests on."""
    text = f"• {APPROVERS_CHECKS[entry.item]}: "
    if entry.mark is Mark.SIGNED:
        return f"{text}signed off by {b.mention(entry.by or '')}"
    return text + (b.line(entry.text) if entry.mark is Mark.DONE else f"*{_open(entry)}*")


def _open(entry: Entry) -> str:
    return b.line(entry.text) if entry.text else "not looked at"


def risk(found: Risk, d: Deployment) -> str:
    """The facts of the risk line."""
    facts = [
        count(found.commits, "commit"),
        count(found.files, "file"),
        count(found.authors, "author"),
    ]
    if found.migrations is not None:
        facts.append(count(found.migrations, "migration") if found.migrations else "no migrations")
    if found.live_at is None:
        facts.append("no deployment before it")
    else:
        facts.append(f"{_days(d.requested_at - found.live_at)} since the last one")
    facts.append(b.line(found.local, 80))
    if found.of == 1:
        facts.append(f"the last one went {'wrong' if found.failed else 'well'}")
    elif found.of:
        share = f"{found.failed / found.of:.0%}".replace("%", " %")
        facts.append(f"{found.failed} of the last {found.of} went wrong ({share})")
    return ", ".join(facts)


def _days(span: timedelta) -> str:
    return count(span.days, "day") if span >= timedelta(days=1) else b.span(span)
