"""Targets: where a version runs, and what became of one step that changes such a place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.versions import is_same

SHORTEST_COMMIT = 7
"""Characters of a commit's hash that name it."""


class Fate(StrEnum):
    """How a step on one target ended. Only `unknown` may still change, by looking again.

    `failed_restored`: nothing of it is left, for certain: it never began, was declined, or what ran
    before runs on. Of a command, which nobody restores, that it never began: so it may be sent
    again. `failed_broken`: it began, and nothing good runs there.
    """

    SUCCEEDED = "succeeded"
    FAILED_RESTORED = "failed_restored"
    FAILED_BROKEN = "failed_broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """What a target runs or could run. `id` is the target's own name for it: an image digest, a
    Vercel or App Platform deployment id, or the version where a workflow deploys it.

    `commit` is what the version was made from, where that is known: images are often tagged by it.
    `pinned` says, where the target now ignores later deployments, what lifts that.
    """

    id: str
    version: str | None = None
    commit: str | None = None
    since: datetime | None = None
    url: str | None = None
    pinned: str = ""

    def meets(self, wanted: "Artifact") -> bool:
        """Whether this is what is wanted: the same id or, where that is empty, version or commit.

        A commit may be short.
        """
        if wanted.id:
            return wanted.id == self.id
        if wanted.version and self.version:
            return is_same(self.version, wanted.version)
        return _is_commit(self.commit or "", wanted.commit or "")

    def is_of(self, wanted: "Artifact") -> bool | None:
        """Whether this is that version or commit, whatever its id; None where it tells neither."""
        is_commit = _is_commit(self.commit or "", wanted.commit or "")
        if wanted.version and self.version:
            return is_commit or is_same(self.version, wanted.version)
        return is_commit if wanted.commit and self.commit else None

    @property
    def told(self) -> str:
        """What people call it."""
        return self.version or (self.commit or "")[:SHORTEST_COMMIT] or self.id


def _is_commit(told: str, short: str) -> bool:
    return len(short) >= SHORTEST_COMMIT and told.startswith(short)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An artifact that could be gone back to; `why_not` is empty when it can."""

    artifact: Artifact
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPlan:
    """What going back would do on one target, found out without changing anything.

    `obstacle` says why it cannot be done, empty when it can, and `doubt` why nobody knows whether
    it would end well, which does not stop anybody; `facts` are sentences for the card
    ("image present in the registry"); `takes` is how long the switch is expected to take.
    """

    current: Artifact | None
    wanted: Artifact | None
    obstacle: str = ""
    doubt: str = ""
    facts: tuple[str, ...] = ()
    takes: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen of a step: `fate` is None while it goes on.

    `pinned` says, where the target now ignores later deployments, what lifts that; `output` are
    the last lines of its log, already without secrets. `waits` is the run at GitHub that has not
    begun its work, and can still be cancelled.
    """

    fate: Fate | None
    text: str
    at: datetime
    pinned: str = ""
    output: str = ""
    waits: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTail:
    """The last lines that a service logged, without secrets; `errors` are those of them that look
    like one.
    """

    text: str
    errors: tuple[str, ...]
    at: datetime
