"""The mirrors port: GitHub deployments, and what the store keeps of those that are ours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.mirrors import Mirror, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A GitHub deployment as it is to be made."""

    ref: str
    environment: str
    is_production: bool
    key: str
    name: str
    description: str


class Mirrors(Protocol):
    """GitHub deployments. Raises Fault; a write is sent once."""

    async def find(
        self, repo: str, environment: str, *, key: str, run_id: int | None, since: datetime
    ) -> tuple[int, bool] | None:
        """The GitHub deployment of a request: the one that carries its key (and True), else the one
        that its run has made (and False).
        """

    async def create(self, repo: str, announced: Announced) -> int:
        """Make one; its number."""

    async def show(
        self,
        repo: str,
        number: int,
        shown: Shown,
        *,
        log_url: str | None,
        url: str | None,
        text: str,
    ) -> None:
        """Give it a status; twice the same does no harm."""

    async def started_by(self, repo: str) -> tuple[tuple[str, str], ...]:
        """(event, workflow file) of what GitHub starts when one is made or gets a status."""


class MirrorTx(Protocol):
    """The part of a transaction that keeps mirrors."""

    def mirror(self, deployment_id: int) -> Mirror | None: ...
    def add_mirror(self, mirror: Mirror) -> None:
        """Note one, unless it is noted already."""

    def save_mirror(self, old: Mirror, new: Mirror) -> Mirror:
        """Replace `old` by `new`. Raises Stale when somebody else took the work since `old` was
        read, which is seen by its `due_at`.
        """

    def mirrors_open(self, now: datetime) -> tuple[tuple[Deployment, Mirror], ...]:
        """Deployments with their mirrors, as long as these may have to change and do not have to
        wait.
        """

    def mirrors_live(self, repo: str, environment: str) -> tuple[Mirror, ...]:
        """The mirrors there that show success."""
