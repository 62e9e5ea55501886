"""A GitHub in memory: the port's promises, and the ways in which a dispatch can go wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from bot.domain.deployments.changes import ChangeList
from bot.domain.deployments.runs import Progress, RunSummary, Stage
from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.domain.gates import Check, Issue
from bot.ports import Access, Clock, Started, Tag, Workflow
from tests.services.absent import NoGates, NoIssues
from tests.services.against import Against
from tests.services.runs import Run, summary_of

BOT = "gonogo-bot"
VERSIONS = tuple(f"v1.{minor}.0" for minor in range(10))


@dataclass
class Hub(NoIssues, NoGates):
    """Repositories whose tags move, workflows that change, and runs that people drive.

    `on_dispatch` hears of each POST before anything happens, and names whose run it will be;
    `on_call` hears of each call before it is answered, of a POST after it was carried out as well.
    `answers` are the ways in which the next POSTs go: accepted, not_named (204), lost (applied, and
    502), dropped (not applied, and 502), declined, limited. Runs of a `stubborn` one stop by force
    alone, of a `deaf` one not at all; `cancels` are those that were asked for, and whether with
    force. The workflows of `titled` repositories show the request id, guarded or not, and those of
    `shaless` ones take no commit. A file has the job `deploy` unless it is `named`, and `fills` are
    the inputs that it has besides the usual ones. Where its limit is `low` it takes only what
    cannot wait.
    """

    clock: Clock
    on_dispatch: Callable[[str, str, dict[str, str]], Awaitable[int]]
    on_call: Callable[[str], Awaitable[None]] | None = None
    tagged: dict[tuple[str, str], str] = field(default_factory=dict)
    blobs: dict[tuple[str, str], str] = field(default_factory=dict)
    guarded: dict[str, bool] = field(default_factory=dict)
    titled: set[str] = field(default_factory=set)
    shaless: set[str] = field(default_factory=set)
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fills: dict[str, tuple[str, ...]] = field(default_factory=dict)
    teams: dict[str, tuple[str, ...]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    red: set[str] = field(default_factory=set)
    bugs: list[int] = field(default_factory=list)
    against: Against = field(default_factory=Against)
    notes: str | None = "What is new"
    answers: list[str] = field(default_factory=list)
    lag: float = 0.0
    stubborn: bool = False
    deaf: bool = False
    cancels: list[tuple[int, bool]] = field(default_factory=list)
    low: bool = False
    hurried: int = 0
    started: list[Run] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: count(7001))

    def set_up(self, repo: str, *, guarded: bool) -> None:
        """A repository with all versions and both workflows."""
        self.guarded[repo] = guarded
        for version in VERSIONS:
            self.tagged[repo, version] = f"{version[1:].replace('.', '')}{'a' * 37}"
        for file in ("release.yml", "rollback.yml"):
            self.blobs[repo, file] = f"blob of {file}"

    def run_of(self, run_id: int) -> Run:
        found = next((run for run in self.started if run.id == run_id), None)
        if found is None:
            raise NotFound("github", f"no run {run_id}")
        return found

    def begins(self, repo: str, file: str, inputs: dict[str, str], actor: str) -> Run:
        """Somebody starts a run; the guard of the workflow looks for an earlier one."""
        request = inputs.get("request_id", "")
        earlier = request and any(run.request_id == request for run in self.started)
        now = self.clock.now()
        run = Run(
            id=next(self.ids),
            repo=repo,
            file=file,
            title=f"{file} {inputs['version']}" + (f" [{request}]" if request else ""),
            actor=actor,
            created_at=now,
            listed_at=datetime.fromtimestamp(now.timestamp() + self.lag, tz=now.tzinfo),
            inputs=inputs,
            twin=bool(earlier) and self.guarded[repo],
            blob=self.blobs.get((repo, file), ""),
        )
        self.started.append(run)
        return run

    def drives(self, conclusion: str) -> None:
        """Every run that goes on ends so."""
        for run in self.started:
            if not run.is_over:
                run.ends(conclusion)

    # What the port promises

    async def login(self) -> str:
        return BOT

    @contextmanager
    def urgently(self) -> Iterator[None]:
        self.hurried += 1
        try:
            yield
        finally:
            self.hurried -= 1

    def slowness(self) -> float:
        return 1.0

    async def access(self) -> Access:
        return Access(login=BOT)

    async def tags(self, repo: str) -> tuple[Tag, ...]:
        await self._asked("tags")
        names = sorted((name for where, name in self.tagged if where == repo), reverse=True)
        return tuple([await self.tag(repo, name) for name in names])

    async def tag(self, repo: str, name: str) -> Tag:
        await self._asked("tag")
        commit = self.tagged.get((repo, name))
        if commit is None:
            raise NotFound("github", f"no tag {name}")
        return Tag(name=name, object_sha=f"tag {commit}", commit=commit)

    async def release_notes(self, repo: str, tag: str) -> str | None:
        return self.notes

    async def approved(self, repo: str, pulls: Sequence[int]) -> frozenset[int]:
        return frozenset(pulls)

    async def open_issues(self, repo: str, label: str) -> tuple[Issue, ...] | None:
        if "issues" in self.silent:
            raise Fault("github", "502 for issues")
        named = (Issue(number=one, title="It breaks", url=f"#{one}") for one in self.bugs)
        return (*named, *self.against.issues(repo))

    async def changes(self, repo: str, base: str | None, head: str) -> ChangeList:
        return ChangeList(base=base, ancestry="ahead" if base != head else "identical", commits=1)

    async def compared(self, repo: str, base: str, head: str) -> ChangeList:
        return await self.changes(repo, base, head)

    async def distance(self, repo: str, base: str, head: str) -> tuple[int, int]:
        return 1, 0

    async def is_on_branch(self, repo: str, commit: str, branch: str) -> bool:
        if "branch" in self.silent:
            raise Fault("github", "502 for branch")
        return (repo, commit) not in self.against.unmerged

    async def checks(self, repo: str, commit: str) -> tuple[Check, ...]:
        await self._asked("checks")
        own = (
            Check(name=f"job of {run.file}", conclusion=run.conclusion, run_id=run.id)
            for run in self.started
            if run.repo == repo
        )
        bad = commit in self.red or (repo, commit) in self.against.red
        return (Check(name="ci", conclusion="failure" if bad else "success"), *own)

    async def workflow(self, repo: str, file: str) -> Workflow:
        await self._asked("workflow")
        guarded = self.guarded[repo]
        carries_id = guarded or repo in self.titled
        inputs = {"version": True} | ({"request_id": False} if carries_id else {})
        inputs |= {} if repo in self.shaless else {"sha": False}
        inputs |= dict.fromkeys(self.fills.get(file, ()), False)
        return Workflow(
            file=file,
            blob=self.blobs[repo, file],
            branch="main",
            active=True,
            inputs=inputs,
            carries_id=carries_id,
            guarded=guarded,
            jobs=self.named.get(file, ("deploy",)),
        )

    async def workflow_blob(self, repo: str, file: str, ref: str) -> str:
        await self._asked("workflow_blob" if ref == "main" else "file_of_run")
        made_of = {f"head of {run.id}": run.blob for run in self.started}
        return self.blobs[repo, file] if ref == "main" else made_of[ref]

    async def runs(
        self,
        repo: str,
        file: str,
        *,
        after: int = 0,
        dispatched_only: bool = True,
        branch: str = "",
    ) -> tuple[RunSummary, ...]:
        await self._asked("runs")
        now = self.clock.now()
        found = (
            run
            for run in reversed(self.started)
            if (run.repo, run.file) == (repo, file) and run.id > after and run.listed_at <= now
        )
        return tuple(map(summary_of, found))[:50]

    async def files_of(self, repo: str, commit: str, runs: Collection[int]) -> dict[int, str]:
        return {r.id: r.file for r in self.started if r.repo == repo and r.id in runs}

    async def run(self, repo: str, run_id: int) -> tuple[RunSummary, Progress]:
        await self._asked("run")
        run = self.run_of(run_id)
        job = {"queued": "queued", "in_progress": "in_progress"}.get(run.status, "completed")
        ended = "skipped" if run.twin and run.conclusion == "success" else run.conclusion
        stage = Stage(
            name="deploy",
            status=job,
            conclusion=ended,
            started_at=None if run.status == "queued" or run.untaken else run.created_at,
            completed_at=run.created_at if run.is_over else None,
        )
        progress = Progress(status=run.status, conclusion=run.conclusion, stages=(stage,))
        return summary_of(run), progress

    async def dispatch(
        self,
        repo: str,
        file: str,
        ref: str,
        inputs: dict[str, str],
        *,
        is_fresh: Callable[[], bool] = lambda: True,
    ) -> Started:
        if not is_fresh():
            raise Fault("github", "it took too long")
        answer = self.answers.pop(0) if self.answers else "accepted"
        if answer == "limited":
            raise Fault("github", "secondary rate limit", retry_after=5)
        await self._asked("dispatch")
        owner = await self.on_dispatch(repo, file, inputs)
        if answer == "declined":
            raise Declined("github", "Unexpected inputs provided")
        if answer == "dropped":
            raise Unanswered("github", "502")
        run = self.begins(repo, file, inputs, BOT)
        run.owner = owner
        await self._asked("dispatched")
        if answer == "lost":
            raise Unanswered("github", "502")
        return Started(run_id=None if answer == "not_named" else run.id)

    async def cancel(self, repo: str, run_id: int, *, force: bool = False) -> None:
        await self._asked("cancel")
        run = self.run_of(run_id)
        self.cancels.append((run_id, force))
        if not run.is_over and not self.deaf and (force or not self.stubborn):
            run.ends("cancelled")

    async def team(self, name: str) -> tuple[str, ...]:
        await self._asked("team")
        if name not in self.teams:
            raise NotFound("github", f"no team {name}")
        return self.teams[name]

    async def _asked(self, what: str) -> None:
        if self.on_call is not None:
            await self.on_call(what)
        if self.low and not self.hurried:
            raise Fault("github", "1,900 of 5,000 requests left", retry_after=1800)
        if what in self.silent:
            raise Fault("github", f"502 for {what}")
