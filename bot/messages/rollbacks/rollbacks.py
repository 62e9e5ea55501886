"""Rollbacks: what somebody reads before, and right after, they ask to go back."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from pydantic import TypeAdapter, ValidationError

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.migrations import Migration
from bot.domain.rollbacks.prospects import NOTHING_KNOWN, Outlook
from bot.domain.rollbacks.rehearsal import Rehearsal
from bot.domain.rollbacks.rollbacks import Earlier
from bot.domain.rollbacks.undoing import Undoing
from bot.domain.words import count
from bot.messages import blocks as b
from bot.messages.blocks import Block, Message
from bot.messages.deployments.cards import status, title
from bot.messages.rollbacks import undoing
from bot.messages.rollbacks.rehearsals import RED, gate, times, way_back

MOST_LISTED = 8
MOST_KEPT = 500
"""Characters of a text in a button's value; a reason is never longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A rollback that somebody asks for, as it is shown to them.

    `live` is the version that is live at that time; `aborts` the deployment that they agree to
    stop, None where there is none; `undo` how many migrations they would have undone before.
    """

    service: str
    environment: str
    version: str
    live: str | None
    reason: str = ""
    force: bool = False
    aborts: int | None = None
    undo: int = 0


def proposal(
    order: Order,
    earlier: tuple[Earlier, ...],
    holder: Deployment | None,
    between: tuple[Migration, ...] | None = None,
    before: Undoing | None = None,
    left: Deployment | None = None,
    unread: str = "",
    outlook: Outlook = NOTHING_KNOWN,
    others: int = 0,
) -> Message:
    """What would be done, and the button that does it; `others` have to approve it besides."""
    o = order
    place = f"{b.line(o.service, 80)} {b.line(o.environment, 64)}"
    point = f"Roll back {place} to {b.line(o.version, 64)}?"
    lines = [f"*{point}*", _from_to(order)]
    if o.reason:
        lines.append(f"Reason: {b.line(o.reason)}")
    if holder is not None:
        lines.append(makes_way(order, holder))
    fit = [one for one in earlier if one.version == o.version and not one.why_not]
    if o.force and not fit:
        lines.append(f"{RED} *It never ran well here*: {approved_by(others)}.")
    elif others:
        lines.append(f"*As configured, {approved_by(others)}.*")
    lines.extend(f"{b.line(one.version, 64)} is fit: {b.line(about(one))}" for one in fit)
    lines.extend(prospect(order.version, left, outlook))
    known = outlook.since.get(o.version)
    is_known = known is not None and known.migrations is not None
    found = known.migrations if known and unread else between
    lines.extend(undoing.listed(found or (), before))
    if unread and not is_known:
        lines.append(undoing.unread(o.version, unread))
    besides = [one for one in earlier if one.version != o.version]
    if besides:
        told = ", ".join(f"{one.version} ({one.why_not or 'fit'})" for one in besides[:MOST_LISTED])
        told += f" and {len(besides) - MOST_LISTED} more" if len(besides) > MOST_LISTED else ""
        lines.append(f"Others: {b.line(told)}")
    question = b.confirmation(
        "Roll back?",
        b.shorten(f"{o.environment.capitalize()} of {o.service} goes to {o.version}.", 300),
        "Roll Back",
        "Not Now",
        danger=True,
    )
    label = f"Roll Back to {o.version}"
    if o.aborts is not None:
        label = f"Abort D{o.aborts} and {label}"
    control = b.actions(
        "rollback",
        b.button(
            b.shorten(label, 75),
            "carry_out_rollback",
            as_value(replace(order, undo=0)),
            style="danger",
            confirm=question,
        ),
        *([_and_undo(order)] if o.undo else []),
    )
    return Message(f"{point} {_from_to(order)}", (*b.sections(lines), control))


def prospect(version: str, left: Deployment | None, outlook: Outlook) -> list[str]:
    """What goes away, and what the way back to that version is like, as it was rehearsed before
    the deployment that is `left` was approved; else what is known of any.
    """
    lines = []
    found = outlook.since.get(version)
    if found and found.changes:
        titles = [b.line(change.title, 120) for change in found.changes[:MOST_LISTED]]
        more = len(found.changes) - len(titles)
        goes = "; ".join(titles) + (f" and {more} more" if more else "")
        lines.append(f"Goes away ({count(found.commits, 'commit')}): {goes}")
    elif found is None:
        lines.append(f"What goes away since {b.line(version, 64)} is not known.")
    if rehearsal := rehearsed(version, left):
        places = tuple(replace(place, pinned="") for place in rehearsal.places)
        rehearsal = replace(rehearsal, places=places)  # a pin is the left version's trouble
        lines.append(f"{way_back(rehearsal, 'As rehearsed')}\nThat was {b.when(rehearsal.at)}.")
    else:
        lines.append(f"This way back was not rehearsed. {gate(left.rehearsal if left else None)}")
        if outlook.expected:
            lines.append(times(outlook.expected))
    return lines


def other_ways(outlook: Outlook, versions: Sequence[str]) -> list[str]:
    """The same in a line for each of these versions, of which none was rehearsed."""
    lines = []
    for version in versions[:MOST_LISTED]:
        found = outlook.since.get(version)
        if found is None:
            told = "what goes away is not known"
        else:
            verb = "goes" if found.commits == 1 else "go"
            told = f"{count(found.commits, 'commit')} {verb} away"
        if outlook.asks_database:
            told += f", {undoing.briefly(found.migrations if found else None)}"
        lines.append(f"• {b.line(version, 64)}: {told}")
    if len(versions) > MOST_LISTED:
        lines.append(f"• and {len(versions) - MOST_LISTED} more")
    return lines


def rehearsed(version: str, left: Deployment | None) -> Rehearsal | None:
    """The rehearsal of going there from the deployment that is `left`, if there was one."""
    found = left.rehearsal if left else None
    return found if found and found.version == version else None


def about(one: Earlier, name_of: Callable[[str], str] | None = None) -> str:
    """Why a version is fit to go back to, as text that is not yet escaped."""
    record = one.record
    if name_of and record.requested_by:
        return f"{about(one)}, by {name_of(record.requested_by)}"
    at = f"{record.live_at:%Y-%m-%d %H:%M} UTC" if record.live_at else ""
    if one.is_older_than_us:
        return f"released {at} before gonogo ({record.id})"
    return f"{record.id}, live {at}" if at else f"{record.id} ran well"


def _and_undo(order: Order) -> Block:
    """The second confirmation: the database goes back, too."""
    number = count(order.undo, "migration")
    question = b.confirmation(
        "Undo migrations?",
        f"{number} of the database of {order.environment} will be undone before the code goes "
        "back. What they brought is lost. It is done once and never tried again by itself.",
        "Undo and Roll Back",
        "Not Now",
        danger=True,
    )
    label = f"Undo {number} and Roll Back to {order.version}"
    value = as_value(order)
    return b.button(
        b.shorten(label, 75), "undo_and_roll_back", value, style="danger", confirm=question
    )


def makes_way(order: Order, holder: Deployment) -> str:
    """What becomes of the deployment that is there."""
    what = f"{holder.name} ({b.line(holder.version, 64)}, {status(holder).lower()})"
    if order.aborts is not None:
        return f"{what} is stopped first; the rollback begins when its run has ended."
    return f"{what} is closed by it."


def _from_to(order: Order) -> str:
    if order.live is None:
        return "Nothing is known to be live."
    if order.live == order.version:
        return f"{b.line(order.live, 64)} was live before; it is installed again."
    return f"{b.line(order.live, 64)} is live."


def approved_by(others: int) -> str:
    """Who has to say yes besides the person who asks, as part of a sentence."""
    if others < 2:
        return "a second person has to approve it"
    return f"{others} other people have to approve it"


def started(deployment: Deployment) -> Message:
    """The answer once a rollback is on its way."""
    if deployment.approvers:
        who = approved_by(deployment.approvers)
        then = f"{who[0].upper()}{who[1:]}; its card follows."
    else:
        then = "It starts now; its card follows in the channel."
    return Message(f"{title(deployment)} ({deployment.name}). {then}")


def unbound(deployment: Deployment, why: str) -> str:
    """What a second person has to know who approves a version whose commit nobody knows."""
    return (
        f"GitHub does not tell which commit {deployment.version} is ({why}): approved is what each "
        "target has by that name"
    )


def stopping(deployment: Deployment, version: str, others: int = 0) -> Message:
    """The answer when something has to be stopped first, which may have to be found before that;
    `others` have to approve what follows.
    """
    d = deployment
    back, by_itself = f"{b.line(d.service, 80)} goes back to {b.line(version, 64)}", " by itself"
    if others:
        back = f"the rollback to {b.line(version, 64)} is asked for, and {approved_by(others)}"
        by_itself = ""
    if d.run_id is None:
        return Message(
            f"{d.name} was sent to GitHub, which names no run of it yet: that is looked for and "
            f"stopped, and nothing is sent again; then {back}{by_itself}. If there is none to be "
            "found, its card asks you."
        )
    return Message(f"{d.name} is being stopped; then {back}{by_itself}.")


_ORDERS = TypeAdapter(Order)


def as_value(order: Order) -> str:
    """The order as a button or a form remembers it, within what Slack takes."""
    kept = {
        name: b.shorten(value, MOST_KEPT) if isinstance(value, str) else value
        for name, value in asdict(order).items()
    }
    return json.dumps(kept, ensure_ascii=False).encode(errors="replace").decode()


def order_of(value: str) -> Order | None:
    """The order that a button or a form remembered; None when it is not ours."""
    try:
        return _ORDERS.validate_json(value)
    except ValidationError:
        return None
