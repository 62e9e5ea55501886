"""Reversals in words: Undo Rollback, its form, and what the thread of the rollback reads."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.grammar import MAX_REASON
from bot.domain.rollbacks import reversals
from bot.messages import blocks as b
from bot.messages.blocks import Block, Message
from bot.messages.views import View, field, view, words


def button(d: Deployment) -> Block | None:
    """Undo Rollback; None where that cannot be, or not any more."""
    if d.reversed_by or d.stays or not reversals.is_reversible(d):
        return None
    return b.button("Undo Rollback", "undo_rollback", str(d.id))


def form(rollback: Deployment, version: str, channel: str | None) -> View:
    """The form that asks why."""
    place = f"{b.line(rollback.service, 80)} {b.line(rollback.environment, 64)}"
    text = (
        f"{place} goes from {b.line(rollback.version, 64)} to {b.line(version, 64)} again, which "
        f"{rollback.name} rolled back: {b.quoted(rollback.reason)}. The same checks prove it; then "
        "the hold of the rollback ends."
    )
    hint = f"At least {reversals.SHORTEST_REASON} characters. The card and the audit trail show it."
    return view(
        "undo_rollback",
        "Undo a rollback",
        "Undo Rollback",
        [b.section(text), field("reason", "Why may it run again?", words(MAX_REASON), hint=hint)],
        {"deployment": rollback.id, "channel": channel},
    )


def started(saved: Deployment) -> Message:
    """The answer to whoever sent it."""
    return Message(
        f"{b.line(saved.service, 80)} goes to {b.line(saved.version, 64)} again ({saved.name}); "
        "its card follows in the channel."
    )


def begun(rollback: Deployment, saved: Deployment) -> Message:
    """What the thread of the rollback reads."""
    return Message(
        f"{b.mention(saved.requested_by)} undoes it with {saved.name} "
        f"({b.line(saved.version, 64)}): {b.quoted(saved.reason)}"
    )
