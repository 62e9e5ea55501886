"""Workflows: their files as GitHub has them, and the lists of their runs."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from bot.adapters.github import reading
from bot.adapters.github.session import Session
from bot.adapters.github.threads import Threads
from bot.domain.deployments.runs import RunSummary
from bot.ports import Workflow

MOST_RUNS = 50
MOST_FILES = 10_000
"""Runs whose file is remembered; what was read first goes first."""


class Workflows:
    """The calls about workflows; see `bot.ports.GitHub` for what each does.

    `_files` remembers the workflow file of runs, which never becomes another.
    """

    _threads: Threads
    _files: dict[tuple[str, int], str]

    async def workflow(self, repo: str, file: str) -> Workflow:
        def work(session: Session) -> Workflow:
            home = session.get(f"/repos/{repo}")
            branch = home["default_branch"]
            state = session.get(f"/repos/{repo}/actions/workflows/{quote(file)}")["state"]
            content = session.get(_path(repo, file), ref=branch)
            found = reading.workflow(file, branch, state, content)
            return replace(found, actions=f"{home['html_url']}/actions")

        return await self._threads.read(repo, work)

    async def workflow_blob(self, repo: str, file: str, ref: str) -> str:
        def work(session: Session) -> str:
            return str(session.get(_path(repo, file), ref=ref)["sha"])

        return await self._threads.read(repo, work)

    async def runs(
        self,
        repo: str,
        file: str,
        *,
        after: int = 0,
        dispatched_only: bool = True,
        branch: str = "",
    ) -> tuple[RunSummary, ...]:
        query: dict[str, object] = {}
        if dispatched_only:
            query["event"] = "workflow_dispatch"
        if branch:
            query["branch"] = branch
        path = f"/repos/{repo}/actions/workflows/{quote(file)}/runs"

        def work(session: Session) -> list[Any]:
            def until(row: Any) -> bool:
                return not after or row["id"] <= after

            return session.pages(path, "workflow_runs", size=MOST_RUNS, until=until, **query)

        found = map(reading.run_summary, await self._threads.read(repo, work))
        newer = {run.id: run for run in found if run.id > after}  # two pages may show the same one
        return tuple(newer[run_id] for run_id in sorted(newer, reverse=True))

    async def files_of(self, repo: str, commit: str, runs: Collection[int]) -> Mapping[int, str]:
        def work(session: Session) -> list[Any]:
            return session.pages(f"/repos/{repo}/actions/runs", "workflow_runs", head_sha=commit)

        known = {run: self._files[repo, run] for run in runs if (repo, run) in self._files}
        if len(known) < len(runs):
            rows = await self._threads.read(repo, work)
            found = {row["id"]: reading.file_of(row) for row in rows}
            self._files |= {(repo, run): file for run, file in found.items()}
            for oldest in list(self._files)[: max(0, len(self._files) - MOST_FILES)]:
                del self._files[oldest]
            known |= {run: file for run, file in found.items() if run in runs}
        return known


def _path(repo: str, file: str) -> str:
    return f"/repos/{repo}/contents/.github/workflows/{quote(file)}"
