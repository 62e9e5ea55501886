"""The releases port: tags and releases at GitHub, and the drafts of them in the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.deployments.changes import Commit
from bot.domain.releases.release_drafts import ReleaseDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A published release at GitHub."""

    number: int
    title: str
    notes: str
    url: str


class Releases(Protocol):
    """Tags and releases. Reads raise Fault (NotFound when absent) and may be repeated.

    A write is sent once: Declined means nothing happened, Unanswered that nobody knows, so that
    one has to look before it is sent again.
    """

    async def newest(self, repo: str, branch: str) -> tuple[Commit, ...]:
        """The newest commits of a branch, newest first."""

    async def release(self, repo: str, tag: str) -> Release:
        """The release of a tag. NotFound when there is none that is published."""

    async def create_tag(self, repo: str, tag: str, commit: str, message: str) -> None:
        """Make an annotated tag. Declined where the name is taken."""

    async def create_release(self, repo: str, tag: str, title: str, notes: str) -> Release:
        """Publish a release for a tag that exists."""

    async def edit_release(self, repo: str, number: int, title: str, notes: str) -> Release:
        """Give a release another title and other notes; twice the same does no harm."""


class ReleaseDraftTx(Protocol):
    """The part of a transaction that keeps drafts of releases."""

    def add_release_draft(self, draft: ReleaseDraft) -> ReleaseDraft:
        """Insert a draft; it comes back with its id."""

    def save_release_draft(self, old: ReleaseDraft, new: ReleaseDraft) -> ReleaseDraft:
        """Replace `old` by `new` if nobody else did; may raise Stale."""

    def release_draft(self, draft_id: int) -> ReleaseDraft | None: ...
    def release_drafts_due(self, now: datetime) -> Sequence[int]:
        """Ids of drafts whose `due_at` has come."""
