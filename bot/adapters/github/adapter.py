"""PyGithubAdapter: the GitHub port by PyGithub."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.adapters.github import changes as change_lists
from bot.adapters.github import reading
from bot.adapters.github.errors import refused
from bot.adapters.github.threads import Threads
from bot.domain.changes import ChangeList
from bot.domain.errors import Declined, NotFound, Unanswered
from bot.domain.gates import Check
from bot.domain.runs import Progress, RunSummary
from bot.domain.versions import Version
from bot.ports import Started, Tag, Workflow

if TYPE_CHECKING:
    from github import Github

MOST_TAGS = 100
MOST_RUNS = 50
NOT_PERMITTED = "is not a permitted key"
"""How an older GitHub Enterprise Server declines `return_run_details`, surely without a run."""


class PyGithubAdapter:
    """GitHub through worker threads; see `bot.ports.GitHub` for what each call does."""

    def __init__(self, url: str, token: str) -> None:
        self._threads = Threads(url, lambda: token)
        self._login: str | None = None
        self._peeled: dict[str, str] = {}

    async def close(self) -> None:
        """Let go of the threads."""
        await self._threads.close()

    async def login(self) -> str:
        if self._login is None:
            self._login = (await self._json("/user"))["login"]
        return str(self._login)

    async def tags(self, repo: str) -> tuple[Tag, ...]:
        def work(client: Github) -> tuple[Tag, ...]:
            rows = self._threads.get(client, f"/repos/{repo}/git/matching-refs/tags")
            named = {row["ref"].removeprefix("refs/tags/"): row["object"] for row in rows}
            versions = {v: name for name in named if (v := Version.parse(name)) is not None}
            newest = [versions[version] for version in sorted(versions, reverse=True)[:MOST_TAGS]]
            return tuple(self._peel(client, repo, name, named[name]) for name in newest)

        return await self._threads.read(work)

    async def tag(self, repo: str, name: str) -> Tag:
        def work(client: Github) -> Tag:
            path = f"/repos/{repo}/git/ref/tags/{quote(name, safe='')}"
            return self._peel(client, repo, name, self._threads.get(client, path)["object"])

        return await self._threads.read(work)

    async def has_release(self, repo: str, tag: str) -> bool:
        def work(client: Github) -> bool:
            return not client.get_repo(repo).get_release(tag).draft

        try:
            return await self._threads.read(work)
        except NotFound:
            return False

    async def changes(self, repo: str, base: str | None, head: str) -> ChangeList:
        def work(client: Github) -> ChangeList:
            repository = client.get_repo(repo)
            if base is None:
                return change_lists.alone(repository, head)
            return change_lists.compared(repository, base, head)

        return await self._threads.read(work)

    async def is_on_branch(self, repo: str, commit: str, branch: str) -> bool:
        def work(client: Github) -> bool:
            return client.get_repo(repo).compare(branch, commit).status in ("behind", "identical")

        return await self._threads.read(work)

    async def checks(self, repo: str, commit: str) -> tuple[Check, ...]:
        def work(client: Github) -> tuple[Check, ...]:
            found = client.get_repo(repo).get_commit(commit)
            runs = [
                reading.check_run(run.name, run.conclusion, run.details_url)
                for run in found.get_check_runs(filter="latest")
            ]
            combined = found.get_combined_status()
            # Without statuses GitHub calls the combined one pending, for ever.
            statuses = combined.statuses if combined.total_count else []
            return (*runs, *(reading.commit_status(s.context, s.state) for s in statuses))

        return await self._threads.read(work)

    async def workflow(self, repo: str, file: str) -> Workflow:
        def work(client: Github) -> Workflow:
            get = self._threads.get
            branch = get(client, f"/repos/{repo}")["default_branch"]
            state = get(client, f"/repos/{repo}/actions/workflows/{quote(file)}")["state"]
            path = f"/repos/{repo}/contents/.github/workflows/{quote(file)}"
            return reading.workflow(file, branch, state, get(client, path, ref=branch))

        return await self._threads.read(work)

    async def runs(
        self, repo: str, file: str, *, after: int = 0, dispatched_only: bool = True
    ) -> tuple[RunSummary, ...]:
        query: dict[str, object] = {"per_page": MOST_RUNS}
        if dispatched_only:
            query["event"] = "workflow_dispatch"
        found = await self._json(f"/repos/{repo}/actions/workflows/{quote(file)}/runs", **query)
        rows = map(reading.run_summary, found["workflow_runs"])
        return tuple(sorted((r for r in rows if r.id > after), key=lambda r: r.id, reverse=True))

    async def run(self, repo: str, run_id: int) -> tuple[RunSummary, Progress]:
        def work(client: Github) -> tuple[RunSummary, Progress]:
            path = f"/repos/{repo}/actions/runs/{run_id}"
            row = self._threads.get(client, path)
            jobs = self._threads.get(client, f"{path}/jobs", filter="latest", per_page=100)["jobs"]
            return reading.run_summary(row), reading.progress(row, jobs)

        return await self._threads.read(work)

    async def dispatch(self, repo: str, file: str, ref: str, inputs: dict[str, str]) -> Started:
        body: dict[str, Any] = {"ref": ref, "inputs": inputs, "return_run_details": True}
        try:
            return await self._dispatch(repo, file, body)
        except Declined as no:
            if NOT_PERMITTED not in no.text:
                raise
        return await self._dispatch(repo, file, {"ref": ref, "inputs": inputs})

    async def _dispatch(self, repo: str, file: str, body: dict[str, Any]) -> Started:
        """One POST. Its status is looked at here: PyGithub takes a redirect for a success."""

        def work(client: Github) -> Started:
            path = f"/repos/{repo}/actions/workflows/{quote(file)}/dispatches"
            status, headers, text = client.requester.requestJson("POST", path, input=body)
            if status == 204:
                return Started(run_id=None)
            try:
                data = json.loads(text) if text else None
            except ValueError:
                data = None
            if status == 200 and isinstance(data, dict):
                return Started(run_id=data["workflow_run_id"], url=data.get("html_url"))
            if 300 <= status < 400:
                raise Declined("github", f"{repo} was renamed or moved (HTTP {status})")
            if status >= 400:
                error = refused(status, headers, data, write=True)
                raise Declined("github", error.text) if isinstance(error, NotFound) else error
            raise Unanswered("github", f"HTTP {status} without a run")

        return await self._threads.write(work)

    async def cancel(self, repo: str, run_id: int, *, force: bool = False) -> None:
        def work(client: Github) -> None:
            path = f"/repos/{repo}/actions/runs/{run_id}/{'force-cancel' if force else 'cancel'}"
            status, headers, text = client.requester.requestJson("POST", path)
            if status not in (202, 409):
                raise refused(status, headers, {"message": text[:200]}, write=True)

        await self._threads.write(work)

    async def _json(self, path: str, **query: object) -> Any:
        return await self._threads.read(lambda client: self._threads.get(client, path, **query))

    def _peel(self, client: Github, repo: str, name: str, target: dict[str, Any]) -> Tag:
        """A tag with the commit it stands for; a tag object never changes, so it is read once."""
        sha = target["sha"]
        if target["type"] != "tag":
            return Tag(name=name, object_sha=sha, commit=sha)
        found = self._threads.get(client, f"/repos/{repo}/git/tags/{sha}")
        commit = str(found["object"]["sha"])
        dated = reading.moment((found.get("tagger") or {}).get("date"))
        return Tag(name=name, object_sha=sha, commit=commit, dated=dated)
