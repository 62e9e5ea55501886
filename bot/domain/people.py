"""People: who somebody is, which roles they hold, and what a role may do."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import Refusal


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


@dataclass(frozen=True, slots=True)
class Who:
    """A person named in a sentence; shown as a mention."""

    slack_id: str

    def __str__(self) -> str:
        return self.slack_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person behind an action, as the directory knew them at that time."""

    slack_id: str
    github: str | None = None
    standing: Standing = Standing.UNKNOWN
    roles: frozenset[Role] = frozenset()

    def holds(self, *roles: Role) -> bool:
        """Whether this is a member who holds at least one of the roles."""
        return self.standing is Standing.MEMBER and not self.roles.isdisjoint(roles)

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


def require(actor: Actor, role: Role, deed: str) -> None:
    """Refuse unless the actor is a member who holds the role; `deed` completes "… may {deed}"."""
    require_member(actor)
    if role not in actor.roles:
        raise Refusal(
            "not_allowed",
            "Only people with the role {role} may {deed}. "
            "Ask one of them, or ask an admin for the role.",
            role=role,
            deed=deed,
        )
