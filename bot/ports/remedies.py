"""The remedies port: branches and pull requests at GitHub, and remedies in the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.rollbacks.remedies import Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """A pull request at GitHub."""

    number: int
    url: str


class Pulls(Protocol):
    """Branches and pull requests. Reads raise Fault (NotFound when absent) and may be repeated.

    A write is sent once: Declined means nothing happened, Unanswered that nobody knows, so that
    one has to look before it is sent again.
    """

    async def revert_of(self, repo: str, number: int) -> Pull | None:
        """The newest pull request from the repository itself that reverts this one, open or merged,
        whoever made it.
        """

    async def revert(self, repo: str, number: int, title: str, body: str) -> Pull:
        """Have GitHub open a pull request that reverts this one."""

    async def branch(self, repo: str, name: str) -> str:
        """The commit that a branch is at. NotFound when there is no such branch."""

    async def create_branch(self, repo: str, name: str, commit: str) -> None:
        """Make a branch. Declined where the name is taken."""

    async def pull_from(self, repo: str, branch: str, since: datetime) -> Pull | None:
        """The newest pull request from a branch of the repository itself: one that is open, or was
        opened since then and is merged.
        """

    async def open_pull(self, repo: str, branch: str, base: str, title: str, body: str) -> Pull:
        """Open a pull request. Declined where there is one, or nothing to merge."""

    async def label(self, repo: str, number: int, label: str) -> None:
        """Put a label on a pull request; twice is once."""

    async def ask_reviews(
        self, repo: str, number: int, people: Sequence[str], teams: Sequence[str]
    ) -> None:
        """Ask people, by login, and teams, by slug, for their review; twice is once."""


class RemedyTx(Protocol):
    """The part of a transaction that keeps remedies."""

    def add_remedy(self, remedy: Remedy) -> Remedy:
        """Insert a remedy; it comes back with its id."""

    def save_remedy(self, old: Remedy, new: Remedy) -> Remedy:
        """Replace `old` by `new` if nobody else did; may raise Stale."""

    def remedy(self, remedy_id: int) -> Remedy | None: ...
    def remedies_of(self, subject: str) -> tuple[Remedy, ...]:
        """Everything that was made about a rollback or an incident, oldest first."""

    def hurry_remedies(self, repo: str) -> None:
        """Look at once at what waits for a commit in that repository."""

    def remedies_due(self, now: datetime) -> Sequence[int]:
        """Ids of remedies whose `due_at` has come."""
