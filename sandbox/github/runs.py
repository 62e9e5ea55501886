"""Workflow runs, their jobs and steps, and the moves they can make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.github.environments import Approval
from sandbox.github.repository import Repository
from sandbox.github.workflows import GUARD, JobPlan, Workflow


@dataclass
class Step:
    """One line in the log of a job."""

    name: str
    status: str = "queued"
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None

    def start(self, at: datetime) -> None:
        self.status, self.started_at = "in_progress", at

    def finish(self, conclusion: str, at: datetime) -> None:
        self.status, self.conclusion = "completed", conclusion
        self.started_at, self.completed_at = self.started_at or at, at


@dataclass
class Job:
    """One job of a run; `waiting` while it stands at the gate of its environment. It is there from
    the moment on in which the jobs that it `needs` have ended.
    """

    id: int
    name: str
    environment: str | None
    steps: list[Step]
    created_at: datetime
    reached: bool = False  # a runner has begun it
    status: str = "queued"
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    needs: tuple[str, ...] = ()
    records: bool = True  # GitHub keeps a deployment of it
    asks: bool = False  # it is skipped in a second run of a request

    @classmethod
    def of(cls, plan: JobPlan, number: int, at: datetime) -> Job:
        return cls(
            id=number,
            name=plan.name,
            environment=plan.environment,
            steps=[Step(name) for name in plan.steps],
            created_at=at,
            needs=plan.needs,
            records=plan.records,
            asks=plan.asks,
        )

    @property
    def done(self) -> bool:
        return self.status == "completed"

    @property
    def step(self) -> Step | None:
        """The first step that has not ended."""
        return next((step for step in self.steps if step.status != "completed"), None)


Announce = Callable[["Run", Job | None, str], None]


@dataclass
class Run:
    """One execution of a workflow; each change is announced with the webhook's action word."""

    id: int
    repo: Repository
    number: int
    workflow: Workflow
    event: str
    branch: str
    sha: str
    actor: str
    inputs: dict[str, str]
    title: str
    created_at: datetime
    listed_from: datetime
    jobs: list[Job]
    announce: Announce
    copy: bool = False  # an older run carries the same request id
    attempt: int = 1
    attempted_at: datetime | None = None  # when this attempt was asked for, if not the first
    triggered_by: str | None = None  # who started this attempt, if not the actor
    status: str = "queued"
    conclusion: str | None = None
    started_at: datetime | None = None
    updated_at: datetime | None = None
    approvals: list[Approval] = field(default_factory=list)
    answered: dict[int, set[str]] = field(default_factory=dict)  # job id → who let it pass
    earlier: list[Run] = field(default_factory=list)  # attempts before this one, as they ended

    @property
    def done(self) -> bool:
        return self.status == "completed"

    @property
    def open_jobs(self) -> list[Job]:
        return [job for job in self.jobs if not job.done]

    @property
    def shown(self) -> list[Job]:
        """The jobs that are there by now."""
        return [job for job in self.jobs if job.done or self._is_due(job)]

    @property
    def next_job(self) -> Job | None:
        """The first job that has not ended and waits for no other."""
        return next((job for job in self.open_jobs if self._is_due(job)), None)

    def _is_due(self, job: Job) -> bool:
        return all(other.done for other in self.jobs if other.name in job.needs)

    @property
    def deploying_job(self) -> Job | None:
        """The job that is called `deploy`, or the first with an environment."""
        by_place = (job for job in self.jobs if job.environment is not None)
        return next((job for job in self.jobs if job.name == "deploy"), next(by_place, None))

    @property
    def reached_deploying_job(self) -> bool:
        return self.deploying_job is not None and self.deploying_job.reached

    def job(self, name: str | None) -> Job | None:
        """The job of this name, or the first that has not ended when none is named."""
        if name is None:
            return next(iter(self.open_jobs), None)
        return next((job for job in self.jobs if job.name == name), None)

    def _move(self, job: Job | None, status: str, action: str, at: datetime) -> None:
        (self if job is None else job).status = status
        self.updated_at = at
        self.announce(self, job, action)

    def start(self, at: datetime) -> None:
        """A runner has taken the run, or a gate has let it go on."""
        if self.status != "in_progress" and not self.done:
            self.started_at = self.started_at or at
            self._move(None, "in_progress", "in_progress", at)

    def start_job(self, job: Job, at: datetime) -> None:
        self.start(at)
        job.reached, job.started_at = True, at
        if job.steps:
            job.steps[0].start(at)
        self._move(job, "in_progress", "in_progress", at)

    def next_step(self, job: Job, at: datetime) -> None:
        """The step at work has gone well, and the next begins."""
        if job.step is not None:
            job.step.finish("success", at)
        if job.step is not None:
            job.step.start(at)
        self.updated_at = at

    def wait(self, job: Job, at: datetime) -> None:
        """The job has come to the gate of its environment."""
        self._move(job, "waiting", "waiting", at)
        self._move(None, "waiting", "waiting", at)

    def finish_job(self, job: Job, conclusion: str, at: datetime) -> None:
        """End a job; what depended on it is skipped, and the last one ends the run."""
        before = self.shown
        self._end(job, conclusion, at)
        finds_another = job.name == GUARD and self.copy
        for other in self.open_jobs:
            if conclusion != "success" or (finds_another and other.asks):
                self._end(other, "skipped", at)
        for new in self.shown:
            if new not in before and not new.done:
                new.created_at = at
                self._move(new, "queued", "queued", at)
        self._settle(at)

    def cancel(self, at: datetime) -> None:
        """End everything that is still open as cancelled."""
        for job in self.open_jobs:
            self._end(job, "cancelled", at)
        self._complete("cancelled", at)

    def _end(self, job: Job, conclusion: str, at: datetime) -> None:
        ended = conclusion
        for step in job.steps:
            if step.status != "completed":
                step.finish(ended, at)
                ended = "success" if conclusion == "success" else "skipped"
        job.conclusion, job.completed_at = conclusion, at
        job.started_at = job.started_at or at
        self._move(job, "completed", "completed", at)

    def _settle(self, at: datetime) -> None:
        if not self.open_jobs:
            self._complete(_worst([job.conclusion for job in self.jobs]), at)

    def _complete(self, conclusion: str, at: datetime) -> None:
        self.started_at = self.started_at or at
        self.conclusion = conclusion
        self._move(None, "completed", "completed", at)


def _worst(conclusions: Sequence[str | None]) -> str:
    for word in ("failure", "cancelled"):
        if word in conclusions:
            return word
    return "success"
