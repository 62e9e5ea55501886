"""Holds in words: what a rollback leaves behind, who lifted it, or what ended it."""

from bot.domain.closures.locks import Lock
from bot.domain.deployments.deployments import Deployment
from bot.domain.grammar import MAX_REASON
from bot.domain.rollbacks.holds import SHORTEST_REASON
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.views import View, field, view, words


def held(lock: Lock, left: str) -> Message:
    """What the thread of a rollback reads, with the way to end it."""
    what = f"commits of {b.line(left, 64)}" if left else "what was rolled back"
    text = (
        f"{_where(lock)} is held ({lock.name}): a version that contains {what} is blocked until "
        "they are reverted in it, or an approver or admin lifts the hold."
    )
    return _with_button(lock, text)


def question(lock: Lock) -> Message:
    """What somebody reads who wants to unlock it without saying why."""
    text = f"{lock.name} is the hold that {b.line(lock.subject, 40)} left: {b.quoted(lock.reason)}."
    return _with_button(lock, f"{text} It is lifted with a reason.")


def form(lock: Lock, channel: str | None) -> View:
    """The form that asks why what was rolled back may come again."""
    hint = f"At least {SHORTEST_REASON} characters. The channel and the audit trail show it."
    return view(
        "lift_hold",
        "Lift a hold",
        "Lift Hold",
        [
            b.section(f"{lock.name} on {_where(lock)}: {b.quoted(lock.reason)}"),
            field("reason", "Why may it come again?", words(MAX_REASON), hint=hint),
        ],
        {"lock": lock.id, "channel": channel},
    )


def lifted(lock: Lock, by: str, reason: str) -> Message:
    """What the channel reads when a person lifts it."""
    return Message(
        f"{b.mention(by)} lifted the hold on {_where(lock)} ({lock.name}, after "
        f"{b.line(lock.subject, 40)}): {b.quoted(reason)}"
    )


def mended(lock: Lock, by: Deployment) -> Message:
    """What the channel reads when a version ended it."""
    return Message(
        f"{_where(lock)} is no longer held ({lock.name}, after {b.line(lock.subject, 40)}): "
        f"{by.name} ({b.line(by.version, 64)}) succeeded with what was rolled back."
    )


def done(lock: Lock) -> Message:
    """The answer to whoever lifted it."""
    return Message(f"{lock.name} is lifted: {_where(lock)} takes every version again.")


def _with_button(lock: Lock, text: str) -> Message:
    row = b.actions(f"hold:{lock.id}", b.button("Lift Hold", "lift_hold", str(lock.id)))
    return Message(text, (b.section(text), row))


def _where(lock: Lock) -> str:
    return f"{b.line(lock.service, 80)} {b.line(lock.environment, 64)}"
