"""PyGithubAdapter: the GitHub port by PyGithub."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from bot.adapters.github import changes as change_lists
from bot.adapters.github import issues, reading
from bot.adapters.github.budget import urgently
from bot.adapters.github.credentials import Credentials, GivenToken
from bot.adapters.github.errors import refused
from bot.adapters.github.gates import Gates
from bot.adapters.github.mirrors import GitHubMirrors
from bot.adapters.github.pulls import GitHubPulls
from bot.adapters.github.releases import GitHubReleases
from bot.adapters.github.reviews import Reviews
from bot.adapters.github.rights import GitHubRights
from bot.adapters.github.session import Session
from bot.adapters.github.threads import GRACE, TIMEOUT, Threads
from bot.adapters.github.workflows import Workflows
from bot.domain.deployments.changes import ChangeList
from bot.domain.deployments.runs import Progress, RunSummary
from bot.domain.errors import Declined, Fault, NotFound
from bot.domain.gates import Check, Issue
from bot.domain.versions import Version
from bot.ports import Access, Started, Tag

MOST_TAGS = 100
MOST_LOOKS = 6
"""How often a run's jobs alone are read before the run itself is read again."""

NOT_PERMITTED = "is not a permitted key"
"""How an older GitHub Enterprise Server declines `return_run_details`, surely without a run."""

MOVED = (301, 307, 308)
"""How GitHub declines a write on a repository by its old name."""


class PyGithubAdapter(Gates, Workflows):
    """GitHub through worker threads; see `bot.ports.GitHub` for what each call does."""

    def __init__(
        self,
        url: str,
        credentials: Credentials | str,
        *,
        reviewer_token: str | None = None,
        timeout: int = TIMEOUT,
        grace: float = GRACE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        given = GivenToken(credentials) if isinstance(credentials, str) else credentials
        self._credentials = given
        reviewer = GivenToken(reviewer_token) if reviewer_token else None
        super().__init__(
            Threads(url, given, timeout=timeout, grace=grace, now=now),
            Threads(url, reviewer, timeout=timeout, grace=grace, now=now) if reviewer else None,
        )
        self._files = {}
        self._under_way: dict[int, tuple[dict[str, Any], int]] = {}
        self._login: str | None = None
        self._reviews = Reviews()
        self._peeled: dict[str, tuple[str, datetime | None]] = {}

    @property
    def releases(self) -> GitHubReleases:
        """Tags and releases, by the same threads."""
        return GitHubReleases(self._threads)

    @property
    def mirrors(self) -> GitHubMirrors:
        """GitHub deployments, by the same threads."""
        return GitHubMirrors(self._threads)

    @property
    def rights(self) -> GitHubRights:
        """What we may do there, by the same threads."""
        return GitHubRights(self._threads, is_app=not isinstance(self._credentials, GivenToken))

    @property
    def pulls(self) -> GitHubPulls:
        """Branches and pull requests, by the same threads."""
        return GitHubPulls(self._threads)

    async def close(self) -> None:
        """Let go of the threads."""
        for threads in filter(None, (self._threads, self._reviewing)):
            await threads.close()

    async def login(self) -> str:
        if self._login is None:
            self._login = (await self.access()).login
        return self._login

    async def access(self) -> Access:
        found = await self._threads.read("", self._credentials.access)
        return replace(found, left=self._threads.budget.left())

    def urgently(self) -> AbstractContextManager[None]:
        return urgently()

    def slowness(self) -> float:
        return self._threads.budget.slowness()

    async def tags(self, repo: str) -> tuple[Tag, ...]:
        def work(session: Session) -> tuple[Tag, ...]:
            # All at once: github.com knows no pages here, an older Enterprise Server does.
            rows = session.pages(f"/repos/{repo}/git/matching-refs/tags/v")
            named = {row["ref"].removeprefix("refs/tags/"): row["object"] for row in rows}
            versions = {v: name for name in named if (v := Version.parse(name)) is not None}
            newest = [versions[version] for version in sorted(versions, reverse=True)[:MOST_TAGS]]
            return tuple(self._peel(session, repo, name, named[name]) for name in newest)

        return await self._threads.read(repo, work)

    async def tag(self, repo: str, name: str) -> Tag:
        def work(session: Session) -> Tag:
            found = session.get(f"/repos/{repo}/git/ref/tags/{quote(name, safe='')}")
            return self._peel(session, repo, name, found["object"])

        return await self._threads.read(repo, work)

    async def release_notes(self, repo: str, tag: str) -> str | None:
        path = f"/repos/{repo}/releases/tags/{quote(tag, safe='')}"
        try:
            found = await self._threads.read(repo, lambda session: session.get(path))
        except NotFound:
            return None
        return None if found["draft"] else reading.plain(found.get("body") or "")

    async def approved(self, repo: str, pulls: Sequence[int]) -> frozenset[int]:
        return await self._threads.read(
            repo, lambda session: self._reviews.approved(session, repo, pulls)
        )

    async def open_issues(self, repo: str, label: str) -> tuple[Issue, ...] | None:
        def work(session: Session) -> tuple[Issue, ...]:
            rows = session.pages(f"/repos/{repo}/issues", state="open", labels=label)
            return tuple(reading.issue(row) for row in rows if "pull_request" not in row)

        try:
            return await self._threads.read(repo, work)
        except NotFound:
            return None

    async def changes(self, repo: str, base: str | None, head: str) -> ChangeList:
        def work(session: Session) -> ChangeList:
            if base is None:
                return change_lists.alone(session, repo, head)
            return change_lists.compared(session, repo, base, head)

        return await self._threads.read(repo, work)

    async def compared(self, repo: str, base: str, head: str) -> ChangeList:
        return await self._threads.read(
            repo, lambda session: change_lists.unnamed(session, repo, base, head)
        )

    async def distance(self, repo: str, base: str, head: str) -> tuple[int, int]:
        path = f"/repos/{repo}/compare/{quote(base)}...{quote(head)}"
        found = await self._threads.read(repo, lambda session: session.get(path, per_page=1))
        return found["ahead_by"], found["behind_by"]

    async def is_on_branch(self, repo: str, commit: str, branch: str) -> bool:
        path = f"/repos/{repo}/compare/{quote(branch)}...{quote(commit)}"
        try:
            status = await self._threads.read(
                repo, lambda session: session.get(path, per_page=1)["status"]
            )
        except NotFound:  # without a common ancestor there is nothing to compare
            return False
        return status in ("behind", "identical")

    async def checks(self, repo: str, commit: str) -> tuple[Check, ...]:
        def work(session: Session) -> tuple[Check, ...]:
            path = f"/repos/{repo}/commits/{quote(commit)}"
            runs = session.pages(f"{path}/check-runs", "check_runs", filter="latest")
            # Not the combined state: without any status GitHub calls that pending, for ever.
            statuses = session.pages(f"{path}/status", "statuses")
            return (*map(reading.check_run, runs), *map(reading.commit_status, statuses))

        return await self._threads.read(repo, work)

    async def run(self, repo: str, run_id: int) -> tuple[RunSummary, Progress]:
        def work(session: Session) -> tuple[RunSummary, Progress]:
            path = f"/repos/{repo}/actions/runs/{run_id}"
            jobs = session.pages(f"{path}/jobs", "jobs", filter="latest")
            row, looks = self._under_way.pop(run_id, ({}, MOST_LOOKS))
            if looks >= MOST_LOOKS or not reading.is_under_way(row, jobs):
                row, looks = session.get(path), 0
            if row["status"] != "completed":
                self._under_way[run_id] = row, looks + 1
            return reading.run_summary(row), reading.progress(row, jobs)

        return await self._threads.read(repo, work)

    async def dispatch(
        self,
        repo: str,
        file: str,
        ref: str,
        inputs: dict[str, str],
        *,
        is_fresh: Callable[[], bool] = lambda: True,
    ) -> Started:
        body = {"ref": ref, "inputs": inputs}
        try:
            return await self._dispatch(repo, file, {**body, "return_run_details": True}, is_fresh)
        except Declined as no:
            if NOT_PERMITTED not in no.text:
                raise
        return await self._dispatch(repo, file, body, is_fresh)

    async def _dispatch(
        self, repo: str, file: str, body: dict[str, Any], is_fresh: Callable[[], bool]
    ) -> Started:
        def work(session: Session) -> Started:
            if not is_fresh():  # it waited too long for its turn in this thread
                raise Fault("github", "too busy to send it in time")
            path = f"/repos/{repo}/actions/workflows/{quote(file)}/dispatches"
            status, headers, data = session.post(path, body)
            if status == 204:
                return Started(run_id=None)
            if status == 200 and isinstance(data, dict):
                return Started(run_id=data["workflow_run_id"], url=data.get("html_url"))
            if status in MOVED:
                raise Declined("github", f"{repo} was renamed or moved (HTTP {status})")
            raise _declined(refused(status, headers, data, write=True))

        return await self._threads.write(work)

    async def find_issue(self, repo: str, mark: str, since: datetime) -> Issue | None:
        return await self._threads.read(repo, lambda s: issues.find(s, repo, mark, since))

    async def create_issue(
        self, repo: str, title: str, body: str, assignees: Sequence[str] = ()
    ) -> Issue:
        return await self._threads.write(lambda s: issues.create(s, repo, title, body, assignees))

    async def assign(self, repo: str, number: int, login: str) -> Issue:
        return await self._threads.write(lambda s: issues.assign(s, repo, number, login))

    async def unassign(self, repo: str, number: int, login: str) -> Issue:
        return await self._threads.write(lambda s: issues.unassign(s, repo, number, login))

    async def cancel(self, repo: str, run_id: int, *, force: bool = False) -> None:
        def work(session: Session) -> None:
            path = f"/repos/{repo}/actions/runs/{run_id}/{'force-cancel' if force else 'cancel'}"
            status, headers, data = session.post(path)
            if status not in (202, 409):
                raise refused(status, headers, data, write=True)

        await self._threads.write(work)

    def _peel(self, session: Session, repo: str, name: str, target: dict[str, Any]) -> Tag:
        """A tag with the commit it stands for; a tag object never changes, so it is read once."""
        sha = target["sha"]
        if target["type"] != "tag":
            return Tag(name=name, object_sha=sha, commit=sha)
        if sha not in self._peeled:
            found = session.get(f"/repos/{repo}/git/tags/{sha}")
            dated = reading.moment((found.get("tagger") or {}).get("date"))
            while found["object"]["type"] == "tag":
                found = session.get(f"/repos/{repo}/git/tags/{found['object']['sha']}")
            self._peeled[sha] = (found["object"]["sha"], dated)
        commit, dated = self._peeled[sha]
        return Tag(name=name, object_sha=sha, commit=commit, dated=dated)


def _declined(error: Fault) -> Fault:
    """To who dispatches, a workflow that is not there is one more definite no."""
    return Declined("github", error.text) if isinstance(error, NotFound) else error
