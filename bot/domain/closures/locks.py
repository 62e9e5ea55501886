"""Lock: a "do not deploy here" with owner, reason and expiry; who may set and open one, and what
it says to a deployment.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from bot.domain.deployments.states import Kind
from bot.domain.errors import Refusal
from bot.domain.gates import Level, Verdict
from bot.domain.people import Actor, Role, Who, require, require_member
from bot.domain.spans import span

NAG_EVERY = timedelta(hours=3)
"""How often the owner of a lock is asked whether it is still needed."""

_QUOTES = str.maketrans("“”", '""')
"""A reason stands in quotes, and nothing in it ends them."""

LONGEST = timedelta(days=30)
"""What is closed for longer is a freeze."""


class LockKind(StrEnum):
    """Why it is locked: a person wants it, a rollback left something behind, an incident is
    open.
    """

    PERSON = "person"
    HOLD = "hold"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock as stored; an empty service or environment means every one.

    `subject` is what a lock of the bot's own is about: D9 of a hold, INC-7 of an incident.
    """

    id: int = 0
    revision: int = 0
    kind: LockKind = LockKind.PERSON
    subject: str = ""
    service: str = ""
    environment: str = ""
    owner: str
    reason: str
    set_at: datetime
    expires_at: datetime | None = None
    nagged_at: datetime | None = None
    opened_at: datetime | None = None
    opened_by: str | None = None

    @property
    def name(self) -> str:
        """The id as people read it: L3."""
        return f"L{self.id}"

    @property
    def nag_at(self) -> datetime | None:
        """When the owner is asked again; the bot asks nobody about its own locks."""
        if self.kind is not LockKind.PERSON:
            return None
        return (self.nagged_at or self.set_at) + NAG_EVERY

    @property
    def due_at(self) -> datetime | None:
        """When something has to be done about it."""
        if self.opened_at is not None:
            return None
        return min((at for at in (self.nag_at, self.expires_at) if at), default=None)

    def is_over(self, at: datetime) -> bool:
        """Whether it has been opened, or its time is up."""
        return self.opened_at is not None or (self.expires_at is not None and at >= self.expires_at)

    def covers(self, service: str, environment: str) -> bool:
        """Whether it is about this place."""
        return self.service in ("", service) and self.environment in ("", environment)

    def renewed(self, wanted: Self) -> Self:
        """A copy with another reason and expiry, as wanted now; its age stays."""
        return replace(
            self,
            reason=wanted.reason,
            expires_at=wanted.expires_at,
            nagged_at=wanted.set_at,
        )

    def nagged(self, at: datetime) -> Self:
        """A copy whose owner was asked."""
        return replace(self, nagged_at=at)

    def opened(self, at: datetime, by: str) -> Self:
        """A copy that holds nothing any more."""
        return replace(self, opened_at=at, opened_by=by)


def judge(
    locks: Sequence[Lock],
    at: datetime,
    kind: Kind,
    name_of: Callable[[str], str],
    *,
    mends: str | None = None,
) -> Verdict:
    """The verdict of the gate `lock` on a deployment that these locks cover.

    A rollback is never held up; a hotfix is only warned of the incident that it `mends`.
    """
    standing = (lock for lock in locks if lock.kind is not LockKind.HOLD)  # a gate of its own
    held = [lock for lock in standing if not lock.is_over(at)]
    if not held:
        return Verdict(gate="lock", level=Level.PASS, text="Not locked")
    if kind is Kind.ROLLBACK:
        return Verdict(gate="lock", level=Level.PASS, text="A rollback is never held up by a lock")
    text = "; ".join(_told(lock, name_of) for lock in held)
    blocking = [lock for lock in held if not _only_warns(lock, kind, mends)]
    if not blocking:
        return Verdict(gate="lock", level=Level.WARN, text=text)
    action = " ".join(_way_on(lock, at, name_of) for lock in blocking)
    return Verdict(
        gate="lock",
        level=Level.BLOCK,
        text=text,
        action=f"{action} Or override it with a reason.",
        about=tuple(lock.name for lock in blocking),
    )


def may_lock(actor: Actor) -> None:
    """Refuse unless this actor may lock, and open what others locked."""
    require(actor, Role.DEPLOYER, "lock and unlock", Role.APPROVER, Role.ADMIN)


def may_open(lock: Lock, actor: Actor) -> None:
    """Refuse unless this actor may open this lock; its owner always may."""
    require_member(actor)
    if lock.opened_at is not None:
        who: object = Who(lock.opened_by) if lock.opened_by else "itself, at its expiry,"
        raise Refusal(
            "already_open",
            "Nothing was done: {name} was opened by {who} at {when}.",
            name=lock.name,
            who=who,
            when=lock.opened_at,
        )
    if lock.kind is LockKind.INCIDENT:
        raise Refusal(
            "opens_with_incident",
            "{name} opens when {subject} is resolved. "
            "What ends the incident goes out as a rollback or a hotfix.",
            name=lock.name,
            subject=lock.subject,
        )
    if lock.owner != actor.slack_id:
        may_lock(actor)


def _only_warns(lock: Lock, kind: Kind, mends: str | None) -> bool:
    return lock.kind is LockKind.INCIDENT and kind is Kind.HOTFIX and lock.subject == mends


def _told(lock: Lock, name_of: Callable[[str], str]) -> str:
    """Owner, reason, since when and until when in one phrase, which stays true on a card."""
    by = name_of(lock.owner) if lock.owner else "gonogo"
    about = f" for {lock.subject}" if lock.subject else ""
    reason = lock.reason.translate(_QUOTES)
    until = f"until {lock.expires_at:%Y-%m-%d %H:%M} UTC" if lock.expires_at else "until unlocked"
    since = f"since {lock.set_at:%Y-%m-%d %H:%M} UTC"
    return f"Locked by {by}{about} {since}, {until} ({lock.name}): “{reason}”"


def _way_on(lock: Lock, at: datetime, name_of: Callable[[str], str]) -> str:
    match lock.kind:
        case LockKind.INCIDENT:
            return f"It opens when {lock.subject} is resolved."
        case _:
            held = span(at - lock.set_at)
            return f"Ask {name_of(lock.owner)}, who has held {lock.name} for {held}, to unlock it."
