"""Watch: the people who look at production during the bake, and which of them said that they do."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.errors import Refusal
from bot.domain.people import Actor, Role, Who, require, require_member

MAY_WATCH = (Role.DEPLOYER, Role.APPROVER, Role.LEAD, Role.QA, Role.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who was asked to watch a deployment, until when about, and who takes the watch.

    `people` and `taken_by` are Slack user ids; `taken_by` is empty while nobody has said so.
    `beyond` is how many more belong to those who watch, and were not asked.
    """

    people: tuple[str, ...]
    asked_at: datetime
    until: datetime
    reminded_at: datetime | None = None
    taken_by: str = ""
    taken_at: datetime | None = None
    beyond: int = 0

    def needs_reminder(self, now: datetime) -> bool:
        """Whether nobody has said so after a third of the time; once is enough."""
        third = self.asked_at + (self.until - self.asked_at) / 3
        return not self.taken_by and self.reminded_at is None and now >= third

    def taken(self, actor: Actor, now: datetime) -> "Watch":
        """The watch as this person takes it. Refuses who may not, and when somebody has it."""
        require_member(actor)
        if actor.slack_id not in self.people:
            require(actor, Role.DEPLOYER, "watch a deployment", *MAY_WATCH)
        if self.taken_by:
            text = "{who} is watching already, since {at}."
            raise Refusal("is_watched", text, who=Who(self.taken_by), at=self.taken_at)
        return replace(self, taken_by=actor.slack_id, taken_at=now)
