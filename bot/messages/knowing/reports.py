"""Reports: what `/deployments` answers, from stored facts only."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.deployments.annotations import Annotation
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.standings import Standing
from bot.domain.deployments.states import Kind, State
from bot.domain.gates import Level
from bot.domain.gates.checklist import Aftermath, entries, is_for
from bot.domain.rollbacks.targets import Fate
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.deployments import (
    annotations,
    approvals,
    assessments,
    checklists,
    checks,
    staging,
    watches,
)
from bot.messages.deployments.cards import (
    UNPROVEN,
    changes,
    kind,
    started_by,
    status,
    title,
    waiting,
)
from bot.messages.rollbacks import pins

MOST_TRAIL = 40


def overview(rows: Sequence[Standing], now: datetime, closed: Sequence[str] = ()) -> Message:
    """What is live where, and what is under way; then a line for each lock or freeze."""
    if not rows:
        return Message("Nothing of that is in gonogo.yaml.")
    return paged("Status", [*map(place, rows), *closed])


def place(found: Standing) -> str:
    """One place: what is live, what is under way and who asked for it."""
    holder = found.holder
    line = f"*{b.line(found.service, 80)} {b.line(found.environment, 64)}*: "
    if found.mixed and any(not step.command for step in found.mixed.steps):
        line += _mixed(found.mixed, found.before)
    else:
        line += _live(found.live) if found.live else staging.seen(found.staged)
    line += "".join(f"\n    {text}" for text in _about(found))
    if holder:
        line += f"\n    {holder.name}: {b.line(holder.label, 64)} {status(holder).lower()}, "
        line += _asked(holder)
    return line


def _about(place: Standing) -> list[str]:
    """What there is to say of an environment besides its version."""
    seen, live = place.seen, place.live
    lines = [staging.standing(place.staged)] if place.staged else []
    if place.mixed and place.mixed.is_half_back:
        lines.append(_half_back(place.mixed))
    lines += pins.lines(place.pinned)
    if place.left:
        lines.append(f"not to go back to: {b.line(', '.join(place.left))}")
    if seen and seen.ahead is not None and seen.behind is not None:
        lines.append(staging.distance(seen.ahead, seen.behind))
    if seen and live and seen.is_drift:
        told = b.line(seen.told, 64)
        lines.append(f"*Drift:* it answers as {told}, last seen {b.when(seen.at)}")
    return lines


def _mixed(d: Deployment, before: str) -> str:
    """What each target runs, as far as it is known."""
    left = {
        None: before or "as before",
        Fate.FAILED_RESTORED: before or "as before",
        Fate.SUCCEEDED: d.version,
        Fate.FAILED_BROKEN: "broken",
    }
    each = [f"{s.target} {left.get(s.came_to, 'not known')}" for s in d.steps if not s.command]
    return f"*mixed* since {d.name} got half-way: {b.line(', '.join(each), 300)}"


def _half_back(d: Deployment) -> str:
    """What was left of a rollback whose database went back and whose code did not."""
    said = d.ending.text if d.ending else d.notice
    return f"*half back* since {d.name}: {b.line(said, 300)}"


def _live(d: Deployment) -> str:
    """The live version, and how far it may be trusted."""
    text = f"{b.line(d.label, 64)} ({d.name})"
    if d.state is not State.SUCCEEDED:
        text += f" {_word(d)}, live"
    if d.live_at:
        text += f" {'seen live' if _was_only_seen(d) else 'since'} {b.when(d.live_at)}"
    return text


def _was_only_seen(d: Deployment) -> bool:
    """Whether only production told of it, so that nobody knows since when it has been there."""
    return d.adopted and d.run_id is None


def entry(d: Deployment) -> str:
    """One deployment as a line of the history."""
    line = f"*{d.name}* {title(d)} · {_kind(d)}{_word(d)} · {_asked(d)}"
    approved = f", approved by {', '.join(map(approvals.by, d.approvals))}" if d.approvals else ""
    return line + approved


def show(
    d: Deployment,
    trail: Sequence[tuple[datetime, str, str]],
    aftermath: Aftermath | None = None,
    told: Sequence[Annotation] = (),
) -> Message:
    """Everything known about one deployment; `trail` is (time, who, what) in order, `told` who else
    hears that it is live.
    """
    facts = [
        f"*{d.name} {title(d)}*",
        status(d) + (f": {b.line(d.ending.text)}" if d.ending and d.ending.text else ""),
    ]
    if d.known_as:
        facts.append(f"Imported as {b.line(d.known_as)}")
    if d.kind is not Kind.RELEASE:
        facts.append(f"Kind: {kind(d)}")
    facts.append(f"Requested {_asked(d)}")
    if d.reason:
        facts.append(f"Reason: {b.quoted(d.reason)}")
    if d.approvals:
        said = approvals.given(d)
        facts.append(said[0].upper() + said[1:])
    if d.binding:
        facts.append(f"Commit `{d.binding.commit}`{UNPROVEN if d.is_unproven else ''}")
    if d.run_id:
        facts.append(f"Run {b.link(d.run_url, str(d.run_id))}")
    if d.live_at:
        facts.append(f"{'Seen live' if _was_only_seen(d) else 'Live'} {b.when(d.live_at)}")
    if d.settled_at:
        facts.append(f"Settled {b.when(d.settled_at)}")
    if d.validation:
        facts.extend(
            f"{r.what.replace('_', ' ').capitalize()}: {b.line(r.text)}"
            for r in d.validation.readings
        )
        facts.append(assessments.line(d.validation))
    if d.watch:
        facts.append(watches.line(d.watch))
    facts.extend(annotations.lines(told))
    parts = [*b.sections(facts)]
    if d.changes and d.changes.changes:
        parts.extend(b.sections(changes(d).split("\n")))
    if is_for(d) and not d.dry_run:
        parts.extend(b.sections(checklists.lines(entries(d, aftermath))))
    if trail:
        earlier = len(trail) - MOST_TRAIL
        heading = f"*Trail*, without the {earlier} earliest entries" if earlier > 0 else "*Trail*"
        lines = [f"{b.when(at)} {who} {b.line(what)}" for at, who, what in trail[-MOST_TRAIL:]]
        parts.extend(b.sections([heading, *lines]))
    return Message(f"{d.name} {title(d)}: {status(d)}", _fitting(parts))


def why(d: Deployment) -> Message:
    """Each gate's decision with the values of that time, and how it ended."""
    lines = [f"*Why {d.name} is {_word(d)}*"]
    if d.kind is not Kind.RELEASE:
        lines.append(f"• It is a {kind(d)}.")
    for found in d.verdicts:
        action = f" {b.line(found.action)}" if found.action else ""
        said = f"{_DECIDED[found.level]}: {b.line(found.text)}.{action}"
        lines.append(f"• {b.line(found.gate, 40)} {said}")
    lines.extend(f"• {checks.lifted(override)}" for override in d.overrides)
    lines.extend(f"• {checks.signed(name)}" for name in d.sign_offs)
    if not d.verdicts:
        lines.append("• The gates have not been judged.")
    for one in d.approvals:
        lines.append(
            f"• approved for commit `{one.commit}` by {approvals.by(one)} {b.when(one.at)}"
        )
    if d.watch:
        lines.append(f"• {watches.line(d.watch)}")
    if d.ending:
        by = f" by {b.mention(d.ending.by)}" if d.ending.by else ""
        lines.append(
            f"• ended: {b.line(d.ending.code.replace('_', ' '), 40)}{by}. "
            f"{b.line(d.ending.text)}".rstrip()
        )
    if not d.ending:
        lines.extend(f"• {text}" for text in (b.line(d.notice), waiting(d)) if text)
    return Message("\n".join(lines), b.sections(lines))


_DECIDED = {
    Level.PASS: "passed",
    Level.WARN: "warned",
    Level.BLOCK: "blocked",
    Level.NOT_SET_UP: "is not set up",
}


def help_text(entries: Sequence[tuple[str, str]], roles: dict[str, tuple[str, ...]]) -> Message:
    """The commands with what they do, from the table that registers them."""
    lines = [
        "*What you can type*",
        *(f"`{b.line(usage)}`\n    {b.line(what)}" for usage, what in entries),
    ]
    for role, people in roles.items():
        if people:
            lines.append(
                f"*{b.line(role, 40).capitalize()}s:* {' '.join(b.mention(who) for who in people)}"
            )
    return Message("\n".join(lines), b.sections(lines))


def _kind(d: Deployment) -> str:
    return "" if d.kind is Kind.RELEASE else f"{kind(d)} · "


def _word(d: Deployment) -> str:
    """The state as one word or two."""
    return status(d).split(":")[0].lower()


def _asked(d: Deployment) -> str:
    by = f"by {b.mention(d.requested_by)}" if d.requested_by else "from outside Slack"
    if d.outside or d.is_unasked:
        by = started_by(d)
    return f"{by} {b.when(d.requested_at)}"


def paged(heading: str, lines: Sequence[str]) -> Message:
    """A heading and its lines, as many as Slack takes."""
    return Message(
        f"{heading}: {lines[0]}", _fitting([b.section(f"*{heading}*"), *b.sections(lines)])
    )


def _fitting(parts: Sequence[b.Block]) -> tuple[b.Block, ...]:
    """As many as Slack takes, and a word where that is not all."""
    if len(parts) <= b.MOST_BLOCKS:
        return tuple(parts)
    return (*parts[: b.MOST_BLOCKS - 1], b.context("There is more; ask for one service."))
