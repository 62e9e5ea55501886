"""WorkflowTarget: a place that a workflow of the repository brings to an earlier version."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.deployments import outside
from bot.domain.deployments.runs import SETTLE, RunSummary, failure_of
from bot.domain.errors import Declined, NotFound
from bot.domain.rollbacks.targets import Artifact, Candidate, Fate, Sight, TargetPlan
from bot.domain.versions import is_same
from bot.ports import Clock, GitHub, Receipt, Workflow
from bot.services.rollbacks import environments
from bot.services.runs import inputs
from bot.services.runs.workflow_step import WorkflowStep

MOST_LOOKED_AT = 5
"""Runs whose jobs are read for what runs there; a twin that the guard stopped is one of them."""


@dataclass(kw_only=True)
class WorkflowTarget:
    """What `file` brings to an earlier version by its job; `brings` is the workflow that deploys.

    A run is told by the operation in its title, and the workflow's guard makes a second run of the
    same operation do nothing: so a lost answer is looked for, and sent again once it must have
    shown. Without both it is not started at all.
    """

    github: GitHub
    clock: Clock
    repo: str
    file: str
    job: str
    brings: str
    _missed: dict[str, datetime] = field(default_factory=dict)

    async def current(self) -> Artifact | None:
        """The version of the newest run whose job ended well."""
        return await self._newest(await self._ended_well())

    async def candidates(self) -> tuple[Candidate, ...]:
        """The versions of the runs that ended well, newest first."""
        now = await self.current()
        newest: dict[str, RunSummary] = {}
        for run in await self._ended_well():
            newest.setdefault(outside.version_of(run), run)
        return tuple(
            Candidate(
                artifact=_artifact(run),
                why_not="it runs now" if now and is_same(version, now.version or "") else "",
            )
            for version, run in newest.items()
        )

    async def plan(self, wanted: Artifact) -> TargetPlan:
        """Whether the tag and the workflow are there, and what would hold its run back."""
        current = await self.current()
        version = wanted.version or wanted.id
        try:
            tag = await self.github.tag(self.repo, version)
        except NotFound:
            text = f"{self.repo} has no tag {version}"
            return TargetPlan(current=current, wanted=None, obstacle=text)
        found = Artifact(id=tag.name, version=tag.name, commit=tag.commit)
        try:
            workflow = await self.github.workflow(self.repo, self.file)
        except NotFound:
            text = f"{self.repo} has no {self.file}"
            return TargetPlan(current=current, wanted=found, obstacle=text)
        places = await environments.of(self.github, self.repo, workflow)
        return TargetPlan(
            current=current,
            wanted=found,
            obstacle=_obstacle(workflow),
            doubt=places.doubt,
            facts=places.facts,
        )

    async def start(self, wanted: Artifact, operation: str) -> Receipt:
        """Start its run, once, or take the run that this operation has already."""
        if run := await self._run_of(operation):
            return _receipt(run.id, operation)
        return await self._send(wanted, operation)

    async def watch(self, receipt: Receipt) -> Sight:
        """How far its run is; of twins the first one does the work."""
        step = self._step({})
        try:
            sight = await step.watch(receipt)
        except NotFound:
            text, now = f"run {receipt['run']} is no longer to be seen at GitHub", self.clock.now()
            sight = Sight(fate=Fate.UNKNOWN, text=text, at=now)
        if sight.fate in (None, Fate.SUCCEEDED):
            return sight
        first = await self._run_of(receipt["operation"])
        if first is None or str(first.id) == receipt["run"]:
            return sight
        return await step.watch({**receipt, "run": str(first.id)})

    async def resolve_unknown(self, wanted: Artifact, operation: str) -> tuple[Receipt, Sight]:
        """The run that names the operation. Not to be seen for long enough, it never began: should
        it show up after all, the guard lets one of the two do the work.
        """
        now = self.clock.now()
        if run := await self._run_of(operation):
            receipt = _receipt(run.id, operation)
            return receipt, await self.watch(receipt)
        missed = self._missed.setdefault(operation, now)
        if now - missed < SETTLE:
            return {}, Sight(fate=None, text="sent; no run is to be seen at GitHub yet", at=now)
        del self._missed[operation]
        text = f"GitHub shows no run [{operation}]"
        return {}, Sight(fate=Fate.FAILED_RESTORED, text=text, at=now)

    async def _send(self, wanted: Artifact, operation: str) -> Receipt:
        try:
            workflow = await self.github.workflow(self.repo, self.file)
        except NotFound:
            raise Declined("github", f"{self.repo} has no {self.file}") from None
        if why := _obstacle(workflow):
            raise Declined("github", why)
        given = {"version": wanted.version or wanted.id}
        if wanted.commit and "sha" in workflow.inputs:
            given["sha"] = wanted.commit
        receipt = await self._step(given).start(operation)
        return _receipt(int(receipt["run"]), operation)

    def _step(self, given: dict[str, str]) -> WorkflowStep:
        return WorkflowStep(
            github=self.github,
            clock=self.clock,
            repo=self.repo,
            file=self.file,
            job=self.job,
            inputs=given,
        )

    async def _run_of(self, operation: str) -> RunSummary | None:
        """The first run that names the operation."""
        runs = await self.github.runs(self.repo, self.file)
        ours = (run for run in runs if f"[{operation}]" in run.title)
        return min(ours, key=lambda run: run.id, default=None)

    async def _ended_well(self) -> Sequence[RunSummary]:
        """Runs that brought a version forwards or back, newest first."""
        found: list[RunSummary] = []
        for file in dict.fromkeys((self.file, self.brings)):
            try:
                found += await self.github.runs(self.repo, file)
            except NotFound:
                continue
        good = (r for r in found if r.conclusion == "success" and outside.version_of(r))
        return sorted(good, key=lambda run: run.id, reverse=True)

    async def _newest(self, runs: Sequence[RunSummary]) -> Artifact | None:
        """What the newest of these brought whose job ended well."""
        for run in runs[:MOST_LOOKED_AT]:
            _, progress = await self.github.run(self.repo, run.id)
            if failure_of(progress, self.job) is None:
                return _artifact(run)
        return None


def _obstacle(workflow: Workflow) -> str:
    if not workflow.active:
        return f"{workflow.file} is disabled at GitHub"
    if missing := inputs.missing(workflow):
        return f"{workflow.file} needs inputs that I cannot fill: {', '.join(missing)}"
    if not (workflow.carries_id and "request_id" in workflow.inputs):
        return f"{workflow.file} does not show its request_id, so its run could not be told apart"
    if not workflow.guarded:
        return f"{workflow.file} has no guard that stops a second run, so it could happen twice"
    return ""


def _artifact(run: RunSummary) -> Artifact:
    version = outside.version_of(run)
    return Artifact(id=version, version=version, since=run.updated_at, url=run.url)


def _receipt(run: int, operation: str) -> Receipt:
    return {"run": str(run), "operation": operation}
