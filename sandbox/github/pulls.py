"""Pull requests and their reviews."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Review:
    """One person's verdict on a pull request: APPROVED, CHANGES_REQUESTED or COMMENTED."""

    id: int
    author: str
    state: str
    submitted_at: datetime
    body: str = ""


@dataclass
class PullRequest:
    """A proposal to bring `branch` into `base`; merged by squash, as one commit."""

    id: int
    number: int
    title: str
    author: str
    branch: str
    base: str
    head_sha: str
    base_sha: str
    created_at: datetime
    body: str = ""
    labels: tuple[str, ...] = ()
    reviews: list[Review] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    asked_teams: list[str] = field(default_factory=list)
    updated_at: datetime | None = None
    merged_at: datetime | None = None
    merged_by: str | None = None
    merge_commit_sha: str | None = None

    @property
    def state(self) -> str:
        return "closed" if self.merged_at else "open"

    @property
    def changed_at(self) -> datetime:
        return self.merged_at or self.updated_at or self.created_at

    def merge(self, commit: str, by: str, at: datetime) -> None:
        self.merge_commit_sha, self.merged_by, self.merged_at = commit, by, at
