"""The targets port: one place where a version runs, and the way back there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from bot.domain.rollbacks.targets import Artifact, Candidate, LogTail, Sight, TargetPlan

Receipt = dict[str, str]
"""What a target needs to find a started step again; kept in the store, plain text, no secrets.

`from` is the target's own name of what ran before the step, where it is known; of a target that
can take a step back.
"""


class Target(Protocol):
    """One target of one service and environment. Reads raise Fault and may be repeated.

    `operation` is the bot's own word for one step on one target; it is the same at every try, and
    starting twice with the same word must not change anything twice. It is at most 40 letters,
    digits, “-”, “_” and “.”, and begins with a letter or digit: targets name things after it.
    """

    async def current(self) -> Artifact | None:
        """What runs there now; None when nothing does."""

    async def candidates(self) -> tuple[Candidate, ...]:
        """What could be gone back to, newest first, with why not where it cannot."""

    async def plan(self, wanted: Artifact) -> TargetPlan:
        """What going back to `wanted` (its id or, where that is empty, its version or commit) would
        do.
        """

    async def start(self, wanted: Artifact, operation: str) -> Receipt:
        """Begin going back. Declined: nothing happened; Unanswered: nobody knows, look first; any
        other Fault: nothing was sent, as when the place cannot be reached.
        """

    async def watch(self, receipt: Receipt) -> Sight:
        """How far it is, from the receipt alone: it may be asked after a restart."""

    async def resolve_unknown(self, wanted: Artifact, operation: str) -> tuple[Receipt, Sight]:
        """After a lost answer: what became of that operation, found at the target itself.

        A sight whose fate is `failed_restored` with an empty receipt means that it never began. A
        target that can sees to it that the start whose answer was lost does not begin any more.
        """


@runtime_checkable
class Reversing(Target, Protocol):
    """A target that can take a step back, which leaves no pin."""

    async def undo(self, receipt: Receipt, operation: str) -> Receipt:
        """Take a finished step back, and what it pinned with it; watched like a start.

        It looks first, so after a lost answer it is simply asked for again.
        """


@runtime_checkable
class Jobs(Target, Protocol):
    """A target on whose host a command of an image can be run, once for each operation."""

    async def start_job(
        self, image: Artifact, words: Sequence[str], operation: str, limit: timedelta
    ) -> Receipt:
        """Begin it, beside what runs there and with the same variables. Raises as `start` does."""

    async def watch_job(self, receipt: Receipt) -> Sight:
        """How far it is; `failed_broken` where it ended badly, as it may have been done in part."""

    async def find_job(self, operation: str) -> tuple[Receipt, Sight]:
        """After a lost answer: as `resolve_unknown`, and what has not begun will not begin."""


class Pinning(Protocol):
    """A target that stays on what it was rolled back to, whatever is deployed later."""

    async def unpin(self) -> None:
        """Keep what runs, and let later deployments go live again; nothing to do is no error.

        Declined: nothing changed; Unanswered: nobody knows, and it may be asked for again.
        """


@runtime_checkable
class Logs(Protocol):
    """What a target that keeps logs can show of the version that runs."""

    async def logs(self, *, lines: int = 100, since: datetime | None = None) -> LogTail:
        """The last lines, without secrets. Raises Fault."""
