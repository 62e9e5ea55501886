"""ReleaseDraft: a release that a person may make or change: its tag, its title, its notes."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from bot.domain.deployments.changes import Commit


class ReleaseDraftState(StrEnum):
    """Where a draft is."""

    READING = "reading"
    READY = "ready"
    WANTED = "wanted"
    DONE = "done"
    FAILED = "failed"


UNDER_WAY = frozenset({ReleaseDraftState.READING, ReleaseDraftState.WANTED})
"""States in which the tick has something to do."""

TRANSITIONS: dict[ReleaseDraftState, frozenset[ReleaseDraftState]] = {
    ReleaseDraftState.READING: frozenset({ReleaseDraftState.READY, ReleaseDraftState.FAILED}),
    ReleaseDraftState.READY: frozenset({ReleaseDraftState.WANTED}),
    ReleaseDraftState.WANTED: frozenset({ReleaseDraftState.DONE, ReleaseDraftState.FAILED}),
    ReleaseDraftState.DONE: frozenset(),
    ReleaseDraftState.FAILED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDraft:
    """One draft as stored; all times aware UTC, people as Slack user ids.

    `commits` are the newest ones of `branch`, to choose from; there are none where the tag exists.
    `asked_at` is when its draft was asked for, and once it is wanted, when that was.
    `was` are the notes as GitHub had them before, None where there was no release.
    `deploys` says that a deployment was asked for, which goes on once the tag is there, as a hotfix
    where it is `for_incident`.
    """

    id: int = 0
    revision: int = 0
    state: ReleaseDraftState = ReleaseDraftState.READING
    service: str
    environment: str
    repo: str
    version: str
    asked_by: str
    asked_in: str | None = None
    asked_at: datetime

    branch: str = ""
    commits: tuple[Commit, ...] = ()
    was: str | None = None
    title: str = ""
    notes: str = ""

    commit: str = ""
    wanted_by: str | None = None
    deploys: bool = False
    dry_run: bool = False
    reason: str = ""
    for_incident: str | None = None

    due_at: datetime | None = None
    failures: int = 0

    @property
    def makes_tag(self) -> bool:
        """Whether the tag itself has to be made."""
        return bool(self.commits)

    def with_(self, **changes: Any) -> Self:
        """A copy with some fields changed; the state only moves by `to`."""
        if "state" in changes:
            raise ValueError("use to() to move a draft")
        return replace(self, **changes)

    def to(self, state: ReleaseDraftState, **changes: Any) -> Self:
        """A copy moved to `state`. Raises ValueError for a move that there is none of."""
        if state not in TRANSITIONS[self.state]:
            raise ValueError(f"a draft cannot go from {self.state} to {state}")
        return replace(self, **({"state": state, "due_at": None, "failures": 0} | changes))
