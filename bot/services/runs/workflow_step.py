"""WorkflowStep: one run of a workflow as a step, sent once and found again by its title."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.deployments.runs import SETTLE, failure_of
from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.domain.rollbacks.targets import Fate, Sight
from bot.domain.spans import span
from bot.ports import Clock, GitHub, Receipt

CLOCKS_DIFFER = timedelta(minutes=2)
"""How far GitHub's clock may be behind ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowStep:
    """A run of `file` with these inputs; `job` is the one that does the work.

    It is sent once: what is not to be seen at GitHub within the settle time is never sent again,
    because nobody could tell how often it was done. After `gives_up` its end is not awaited.
    One that `must_show` its job is not sent where the file has none of that name: its run could end
    well without having done anything.
    """

    github: GitHub
    clock: Clock
    repo: str
    file: str
    job: str
    inputs: Mapping[str, str]
    gives_up: timedelta | None = None
    must_show: bool = False

    async def start(self, operation: str) -> Receipt:
        """Send it. Declined: nothing happened; Unanswered: look for it; another Fault: not sent."""
        try:
            workflow = await self.github.workflow(self.repo, self.file)
        except NotFound:
            raise Declined("github", f"{self.repo} has no {self.file}") from None
        if not (workflow.carries_id and "request_id" in workflow.inputs):
            text = f"{self.file} does not show its request_id, so its run could not be told apart"
            raise Declined("github", text)
        if self.must_show and workflow.lacks(self.job):
            text = f"{self.file} has no job “{self.job}”, so nobody could tell what its run did"
            raise Declined("github", text)
        given = {**self.inputs, "request_id": operation}
        if unknown := sorted(given.keys() - workflow.inputs.keys()):
            raise Declined("github", f"{self.file} has no input {', '.join(unknown)}")
        started = await self.github.dispatch(self.repo, self.file, workflow.branch, given)
        if started.run_id is None:
            raise Unanswered("github", "it does not name the run")
        return {"run": str(started.run_id)}

    async def watch(self, receipt: Receipt, began_at: datetime | None = None) -> Sight:
        """How far the run is. What failed may have been done in part."""
        summary, progress = await self.github.run(self.repo, int(receipt["run"]))
        now, name = self.clock.now(), f"run {summary.id}"
        if not summary.is_over:
            how, then = await self._standing(summary.id, progress.status)
            limit = self.gives_up
            if began_at is None or limit is None or now - began_at < limit:
                waits = None if progress.has_begun(self.job) else summary.id
                return Sight(fate=None, text=f"{name} {how}", at=now, waits=waits)
            text = f"{name} still {how} after {span(limit)}: {then}"
            return Sight(fate=Fate.UNKNOWN, text=text, at=now)
        why = failure_of(progress, self.job)
        if why is None:
            return Sight(fate=Fate.SUCCEEDED, text=f"{name} ended well", at=now)
        # What was run again had begun before, whatever its last attempt came to.
        has_begun = summary.attempt > 1 or progress.has_begun(self.job)
        fate = Fate.FAILED_BROKEN if has_begun else Fate.FAILED_RESTORED
        return Sight(fate=fate, text=f"{name}: {why}", at=now)

    async def _standing(self, run_id: int, status: str) -> tuple[str, str]:
        """What the run does that is not over, and what to do about it when it does so too long."""
        if status != "waiting":
            return f"is {status.replace('_', ' ')}", "look at it there before anything else"
        try:
            held = await self.github.held(self.repo, run_id)
        except Fault:  # that it waits is known all the same
            held = ()
        gates = ", ".join(gate.environment for gate in held)
        there = f"the gate {gates}" if gates else "a gate"
        advice = "cancel it there before anything else, or it begins as soon as it is let in"
        return f"waits at {there} of GitHub's", advice

    async def find(self, operation: str, began_at: datetime) -> tuple[Receipt, Sight]:
        """After a lost answer: the run whose title names the operation, the first one of several.

        Not found, it is looked for on; after the settle time nobody knows any more.
        """
        runs = await self.github.runs(self.repo, self.file)
        since, now = began_at - CLOCKS_DIFFER, self.clock.now()
        ours = [r for r in runs if f"[{operation}]" in r.title and r.created_at >= since]
        if ours:
            receipt = {"run": str(min(run.id for run in ours))}
            return receipt, await self.watch(receipt)
        if now - began_at < SETTLE:
            return {}, Sight(fate=None, text="sent; no run is to be seen at GitHub yet", at=now)
        text = f"nobody knows whether it was done: GitHub shows no run [{operation}]"
        return {}, Sight(fate=Fate.UNKNOWN, text=text, at=now)
