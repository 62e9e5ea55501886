"""The monitors port: what is read of production by those who watch it anyway."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.deployments.validation import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: how production is at `now`, with this version in it since `since`.

    Before a deployment `since` is None, and the answer is the baseline; `before` is that answer.
    """

    version: str
    now: datetime
    since: datetime | None = None
    before: Reading | None = None

    def after(self, before: Reading | None) -> "Question":
        """The same, with what there was before."""
        return replace(self, before=before)


class Monitor(Protocol):
    """One source. Raises Fault when it cannot be read, which is never taken for healthy."""

    what: str
    """The name of its readings."""

    pace: timedelta
    """The shortest pause between two looks."""

    async def look(self, question: Question) -> Reading: ...
    async def close(self) -> None:
        """Give the connections back."""
