"""What this team does without: releases, GitHub deployments, pictures, and a look at production."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.approvals.protection import Guarding, Review
from bot.domain.deployments.changes import Commit
from bot.domain.deployments.mirrors import Shown
from bot.domain.deployments.validation import Probe
from bot.domain.errors import Declined, NotFound
from bot.domain.gates import Issue
from bot.domain.metrics.pictures import Picture, Theme
from bot.ports import Announced, Held, Pull, Release


class NoReleases:
    """A repository in which nobody makes releases."""

    async def newest(self, repo: str, branch: str) -> tuple[Commit, ...]:
        return ()

    async def release(self, repo: str, tag: str) -> Release:
        raise NotFound("github", f"no release {tag}")

    async def create_tag(self, repo: str, tag: str, commit: str, message: str) -> None:
        raise Declined("github", "not here")

    async def create_release(self, repo: str, tag: str, title: str, notes: str) -> Release:
        raise Declined("github", "not here")

    async def edit_release(self, repo: str, number: int, title: str, notes: str) -> Release:
        raise Declined("github", "not here")


class NoIssues:
    """A repository whose issues are switched off."""

    async def find_issue(self, repo: str, mark: str, since: datetime) -> Issue | None:
        return None

    async def create_issue(
        self, repo: str, title: str, body: str, assignees: Sequence[str] = ()
    ) -> Issue:
        raise Declined("github", "issues are switched off")

    async def assign(self, repo: str, number: int, login: str) -> Issue:
        raise Declined("github", "issues are switched off")

    async def unassign(self, repo: str, number: int, login: str) -> Issue:
        raise Declined("github", "issues are switched off")


class NoGates:
    """A repository whose environments let every run pass."""

    async def reviewer(self) -> str | None:
        return None

    async def guarding(self, repo: str, environment: str) -> Guarding:
        return Guarding(environment=environment)

    async def held(self, repo: str, run_id: int) -> tuple[Held, ...]:
        return ()

    async def reviews(self, repo: str, run_id: int) -> tuple[Review, ...]:
        return ()

    async def review(
        self, repo: str, run_id: int, held: Sequence[Held], *, approve: bool, comment: str
    ) -> None:
        raise Declined("github", "there is no gate")

    async def answer_rule(
        self, repo: str, run_id: int, environment: str, *, approve: bool, comment: str
    ) -> None:
        raise Declined("github", "there is no rule")


class NoPulls:
    """A repository in which nobody makes pull requests."""

    async def revert_of(self, repo: str, number: int) -> Pull | None:
        return None

    async def revert(self, repo: str, number: int, title: str, body: str) -> Pull:
        raise Declined("github", "not here")

    async def branch(self, repo: str, name: str) -> str:
        raise NotFound("github", f"no branch {name}")

    async def create_branch(self, repo: str, name: str, commit: str) -> None:
        raise Declined("github", "not here")

    async def pull_from(self, repo: str, branch: str, since: datetime) -> Pull | None:
        return None

    async def open_pull(self, repo: str, branch: str, base: str, title: str, body: str) -> Pull:
        raise Declined("github", "not here")

    async def label(self, repo: str, number: int, label: str) -> None:
        raise Declined("github", "not here")

    async def ask_reviews(
        self, repo: str, number: int, people: Sequence[str], teams: Sequence[str]
    ) -> None:
        raise Declined("github", "not here")


class NoMirrors:
    """A repository without GitHub deployments; whoever writes one is told so."""

    async def started_by(self, repo: str) -> tuple[tuple[str, str], ...]:
        return ()

    async def find(
        self, repo: str, environment: str, *, key: str, run_id: int | None, since: datetime
    ) -> tuple[int, bool] | None:
        return None

    async def create(self, repo: str, announced: Announced) -> int:
        raise Declined("github", "not here")

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
        raise Declined("github", "not here")


class NoPainter:
    """Nothing is there to draw with."""

    def paint(self, picture: Picture, theme: Theme) -> bytes:
        raise Declined("pictures", "not installed")


class Quiet:
    """Nobody looks at production here: what a run says has to do."""

    async def health(self, url: str) -> Probe:
        return Probe()

    async def page(self, url: str, status: int, contains: str) -> str:
        return ""
