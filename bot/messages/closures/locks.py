"""Locks in words: what the channel, the owner and whoever asks read of them."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.closures.locks import Lock, LockKind
from bot.messages import blocks as b
from bot.messages.blocks import Block, Message


def place(lock: Lock) -> str:
    """What is locked, as one phrase that is not yet escaped."""
    if lock.service and lock.environment:
        return f"{lock.service} {lock.environment}"
    if lock.service:
        return f"{lock.service} (every environment)"
    return f"{lock.environment} of every service" if lock.environment else "every service"


def locked(lock: Lock) -> Message:
    """What the channel reads when a lock is set or changed."""
    return Message(f"{_who(lock)} locked {_where(lock)} {_until(lock)}: {b.quoted(lock.reason)}")


def answer(lock: Lock, command: str) -> Message:
    """The answer to whoever locked; `command` is the name of `/deployments`."""
    return Message(
        f"{lock.name} is set: nothing but a rollback is deployed to {_where(lock)} {_until(lock)}. "
        f"Open it with `{b.line(command)} unlock {lock.name}`."
    )


def done(lock: Lock) -> Message:
    """The answer to whoever unlocked."""
    return Message(f"{lock.name} is open: {_where(lock)} may be deployed to.")


def unlocked(lock: Lock, by: str) -> Message:
    """What the channel reads when a person opens a lock."""
    of = "" if by == lock.owner else f", which {_who(lock)} had set"
    return Message(f"{b.mention(by)} unlocked {_where(lock)} ({lock.name}{of}).")


def expired(lock: Lock) -> Message:
    """What the channel reads when a lock opens itself."""
    return Message(
        f"{_where(lock)} is no longer locked: the time of {lock.name}, set by {_who(lock)}, is up."
    )


def question(lock: Lock, now: datetime) -> Message:
    """What somebody reads who wants to open another's lock."""
    text = (
        f"{lock.name} on {_where(lock)} is not yours. {details(lock, now)}\n"
        "Ask first if you can; if you open it, they are told."
    )
    row = b.actions(
        f"lock:{lock.id}",
        b.button("Unlock Anyway", "unlock_anyway", str(lock.id), style="danger"),
    )
    return Message(text, (b.section(text), row))


def taken_away(lock: Lock, by: str) -> Message:
    """What the owner reads when somebody else opened their lock."""
    return Message(
        f"{b.mention(by)} opened your lock {lock.name} on {_where(lock)} "
        f"(reason of it: {b.quoted(lock.reason)})."
    )


def nag(lock: Lock, now: datetime) -> Message:
    """What the owner is asked every few hours, with a way to end it."""
    text = (
        f"You have locked {_where(lock)} for {b.span(now - lock.set_at)} now ({lock.name}, "
        f"{_until(lock)}): {b.quoted(lock.reason)}. Is it still needed?"
    )
    row = b.actions(f"lock:{lock.id}", b.button("Unlock", "unlock", str(lock.id)))
    return Message(text, (b.section(text), row))


def listing(lines: Sequence[str]) -> Message:
    """Every lock and freeze there is, a line each."""
    if not lines:
        return Message("Nothing is locked or frozen.")
    blocks: tuple[Block, ...] = (b.section("*Locks and freezes*"), *b.sections(lines))
    return Message(f"Locks and freezes: {lines[0]}", blocks)


def held_line(lock: Lock, now: datetime) -> str:
    """One lock in a list."""
    return f"*{lock.name} {_where(lock)}*: {details(lock, now)}"


def details(lock: Lock, now: datetime) -> str:
    """Owner, reason, age and expiry."""
    word = "held" if lock.kind is LockKind.HOLD else "locked"
    return (
        f"{word} by {_who(lock)} since {b.when(lock.set_at)} "
        f"({b.span(now - lock.set_at)}), {_until(lock)}: {b.quoted(lock.reason)}"
    )


def _who(lock: Lock) -> str:
    if lock.kind is LockKind.PERSON:
        return b.mention(lock.owner)
    return f"gonogo, for {b.line(lock.subject, 40)},"


def _where(lock: Lock) -> str:
    return b.line(place(lock), 120)


def _until(lock: Lock) -> str:
    return f"until {b.when(lock.expires_at)}" if lock.expires_at else "until it is unlocked"
