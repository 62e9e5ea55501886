"""Freeze from Slack: a named time without changes in production that an admin set, beside those of
gonogo.yaml.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from bot.domain.closures.windows import Freeze


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFreeze:
    """A freeze as stored; an empty service means every one."""

    id: int = 0
    service: str = ""
    freeze: Freeze
    set_by: str
    set_at: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.freeze.name

    @property
    def subject(self) -> str:
        """What the audit trail calls it: F3."""
        return f"F{self.id}"

    def covers(self, service: str) -> bool:
        """Whether it is about this service."""
        return self.service in ("", service)

    def is_over(self, at: datetime) -> bool:
        """Whether it holds up nothing any more, now or later."""
        return self.lifted_at is not None or at >= self.freeze.end

    def lifted(self, at: datetime, by: str) -> Self:
        """A copy that holds up nothing any more."""
        return replace(self, lifted_at=at, lifted_by=by)
