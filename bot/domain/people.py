"""People: who somebody is, which roles they hold, and what a role may do."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from bot.domain.errors import Refusal

CHECKING = "checking_who_you_are"
"""The code of a refusal after which everybody is looked up at once."""

FRESH = timedelta(minutes=5)
"""An account that was read longer ago does nothing; nor does a role let anything go on."""


class Role(StrEnum):
    """What somebody may do; roles are given by configuration and never implied by one another."""

    DEPLOYER = "deployer"
    APPROVER = "approver"
    LEAD = "lead"
    QA = "qa"
    ADMIN = "admin"


class Standing(StrEnum):
    """What kind of Slack account it is; only members may act."""

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    UNKNOWN = "unknown"


class Deed(StrEnum):
    """What somebody wants to do, as to how surely their role has to be known."""

    GOES_ON = "goes on"
    """Deploys, approves, lifts what is in the way."""
    ENDS = "ends"
    """Stops, closes, retries, takes back, or tells what is going on."""


COUNTS_FOR = {Deed.GOES_ON: FRESH, Deed.ENDS: timedelta(hours=24)}
"""How long ago a user group or team may have said so that somebody is in it: see
docs/decisions/0018.
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody has by a Slack user group or GitHub team, as that said at that time."""

    role: Role
    source: str
    at: datetime

    def __str__(self) -> str:
        name = self.source.removeprefix("team:")
        kind = "Slack user group" if name == self.source else "GitHub team"
        return f"{kind} {name}"


@dataclass(frozen=True, slots=True)
class Who:
    """A person named in a sentence; shown as a mention."""

    slack_id: str

    def __str__(self) -> str:
        return self.slack_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person behind an action, as the directory knew them at that time.

    `roles` are those that are certain; `grants` tell what user groups and teams gave, also those
    that do not answer now.
    """

    slack_id: str
    github: str | None = None
    standing: Standing = Standing.UNKNOWN
    roles: frozenset[Role] = frozenset()
    grants: tuple[Grant, ...] = ()

    def holds(self, *roles: Role) -> bool:
        """Whether this is a member who holds at least one of the roles."""
        return self.standing is Standing.MEMBER and not self.roles.isdisjoint(roles)

    def doing(self, deed: Deed, now: datetime) -> Self:
        """The same person with all the roles that count for such a deed."""
        lasts = COUNTS_FOR[deed]
        counting = (grant.role for grant in self.grants if abs(now - grant.at) <= lasts)
        return replace(self, roles=self.roles.union(counting))

    def silent(self, *roles: Role) -> Grant | None:
        """The newest grant of one of these roles that does not count (any more)."""
        out = [one for one in self.grants if one.role in roles and one.role not in self.roles]
        return max(out, key=lambda grant: grant.at, default=None)

    def is_same_person(self, slack_id: str, github: str | None) -> bool:
        """Whether the other identity is this person."""
        return is_same((self.slack_id, self.github), (slack_id, github))


def is_same(one: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    """Whether two identities are one person, by Slack account or by linked GitHub login."""
    if one[0] == other[0]:
        return True
    return bool(one[1] and other[1] and one[1].lower() == other[1].lower())


_STANDING_REASONS = {
    Standing.GUEST: "Guests of the workspace cannot do this. Ask a member of the team.",
    Standing.BOT: "Bots cannot do this; a person has to.",
    Standing.DEACTIVATED: "This account is deactivated.",
    Standing.UNKNOWN: "I do not know this account. "
    "Ask an admin to add it to the team's configuration.",
}


def require_member(actor: Actor) -> None:
    """Refuse unless the actor is a member of the workspace."""
    if actor.standing is not Standing.MEMBER:
        raise Refusal(f"not_allowed_{actor.standing}", _STANDING_REASONS[actor.standing])


def require(actor: Actor, role: Role, deed: str, *others: Role) -> None:
    """Refuse unless the actor is a member who holds the role, or one of the others that suffice as
    well; `deed` completes "… may {deed}".
    """
    require_member(actor)
    if actor.holds(role, *others):
        return
    require_answer(actor, role, *others)
    raise Refusal(
        "not_allowed",
        "Only people with the role {role} may {deed}. "
        "Ask one of them, or ask an admin for the role.",
        role=role,
        deed=deed,
    )


def require_answer(actor: Actor, *roles: Role) -> None:
    """Refuse where a user group or team that does not answer might give one of these roles."""
    if silent := actor.silent(*roles):
        raise unsure(silent)


def unsure(silent: Grant | None = None) -> Refusal:
    """Why it is not known just now who somebody is: a user group or team that does not answer, else
    their account was not read lately.
    """
    if silent is None:
        return Refusal(
            CHECKING, "I am checking who is who in Slack. Nothing was done; try again in a moment."
        )
    return Refusal(
        CHECKING,
        "You have the role {role} by the {source} alone, which could not be read since {when}. "
        "Nothing was done: try again once it can be, or ask somebody who has the role by name.",
        role=silent.role,
        source=str(silent),
        when=silent.at,
    )
