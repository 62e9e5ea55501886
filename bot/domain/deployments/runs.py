"""Runs: one execution of the release workflow at GitHub, and the dispatch that asked for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.domain.deployments.twins import Twin
from bot.domain.versions import Version

SETTLE = timedelta(seconds=180)
"""How long a run may stay unlisted after a dispatch before a second one is thought of."""

GIVE_UP_SEARCH = timedelta(minutes=10)
"""After this long without a run an accepted dispatch is a person's to look at."""

OVERDUE = timedelta(minutes=30)
"""A run that takes longer is called overdue on the card; age alone never ends it."""


class Sent(Enum):
    """Whether GitHub has a run of a dispatch, after all its POSTs."""

    NOT = auto()
    MAYBE = auto()
    SURELY = auto()


class Next(Enum):
    """What to do about a dispatch whose run is not known."""

    SEARCH = auto()
    SEND = auto()
    ASK = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """The intent to start a run, committed before its POST.

    `before_run_id` is the newest run id of the workflow before the first POST; ids only grow.
    `ref` is the branch that runs, `actions` the address of the repository's Actions page.
    `carries_id`: the workflow puts the request id into the run's title; `carries_sha`: the run
    itself compares the commit; `guarded`: the workflow stops a second run of the same request id.
    `ran` is the workflow file that the run was made of, empty until it was read. `unclear` counts
    the POSTs after which a run may exist.
    `accepted` is GitHub's answer to the last POST: yes, surely not carried out, or None for not
    known. `again_by` is who asked to send once more; `candidates` are runs that may be ours,
    `twins` those that surely are, besides the one that is followed.
    """

    before_run_id: int
    attempt: int
    sent_at: datetime
    ref: str = ""
    actions: str = ""
    carries_id: bool
    carries_sha: bool = False
    guarded: bool
    ran: str = ""
    unclear: int = 0
    accepted: bool | None = None
    again_by: str | None = None
    candidates: tuple[int, ...] = ()
    twins: tuple[Twin, ...] = ()

    @property
    def sent(self) -> Sent:
        """Whether a run of it exists, listed or not; a POST that was surely not carried out says
        nothing of those before it.
        """
        if self.accepted:
            return Sent.SURELY
        return Sent.NOT if self.accepted is False and self.unclear == 0 else Sent.MAYBE

    @property
    def may_be_two(self) -> bool:
        """Whether more than one POST may have started a run."""
        return self.unclear > 1

    def may_have_twins(self, now: datetime) -> bool:
        """Whether a run of another POST may still turn up, and can be told by its title."""
        return self.carries_id and self.may_be_two and now - self.sent_at < GIVE_UP_SEARCH

    def is_overdue(self, now: datetime) -> bool:
        """Whether its run should have been seen by now; what was not sent has none."""
        longest = GIVE_UP_SEARCH if self.sent is Sent.SURELY else SETTLE
        return self.sent is not Sent.NOT and now - self.sent_at >= longest

    def ran_another(self, blob: str) -> bool:
        """Whether the run was made of another workflow file than this one."""
        return self.ran not in ("", blob)

    def next(self, now: datetime) -> Next:
        """Look on, send once more, or ask a person.

        A machine sends again what was surely not carried out, as that was allowed already; and
        once, when it is overdue, what got no clear answer from a workflow that is guarded.
        """
        if self.again_by or self.accepted is False:
            return Next.SEND
        if not self.is_overdue(now):
            return Next.SEARCH
        is_safe = self.sent is Sent.MAYBE and self.guarded and not self.may_be_two
        return Next.SEND if is_safe else Next.ASK


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnd:
    """How one step of a job ended."""

    name: str
    conclusion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One job of a run; `step` names the step that is being worked on.

    `steps` are the ended ones.
    """

    name: str
    status: str
    conclusion: str | None = None
    step: str = ""
    steps: tuple[StepEnd, ...] = ()
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What GitHub says about a run: its status, conclusion and jobs. Unknown words mean in
    progress.
    """

    status: str
    conclusion: str | None = None
    stages: tuple[Stage, ...] = ()
    started_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether the run has ended, well or not."""
        return self.status == "completed" and self.conclusion is not None

    def stage(self, name: str) -> Stage | None:
        """The job of that name, letter case aside."""
        return next((s for s in self.stages if s.name.casefold() == name.casefold()), None)

    def has_begun(self, job: str) -> bool:
        """Whether the job that does the work was begun; where none of that name is to be seen, any
        of them may have done it.
        """
        found = self.stage(job)
        return any(s.started_at is not None for s in ([found] if found else self.stages))

    @property
    def waiting(self) -> tuple[str, ...]:
        """The names of its jobs that stand at a gate of GitHub's."""
        return tuple(stage.name for stage in self.stages if stage.status == "waiting")

    @property
    def begun(self) -> tuple[str, ...]:
        """The names of its jobs that were begun or have ended, and of which none stands at a gate:
        several may have one name.
        """
        waiting = self.waiting
        past = (s.name for s in self.stages if s.started_at is not None or s.status == "completed")
        return tuple(dict.fromkeys(name for name in past if name not in waiting))

    @property
    def waits_at_gate(self) -> bool:
        """Whether it stands at a gate of GitHub's."""
        return self.status == "waiting" or bool(self.waiting)

    @property
    def was_not_taken(self) -> bool:
        """Whether a job failed that no runner had taken: it stood at a gate, or there was none."""
        return any(map(_was_not_taken, self.stages))

    def conclusion_of(self, name: str) -> str | None:
        """How the job of that name ended, else the step; None when there is neither."""
        if job := self.stage(name):
            return job.conclusion or job.status
        steps = (step for stage in self.stages for step in stage.steps)
        wanted = name.casefold()
        return next((s.conclusion for s in steps if s.name.casefold() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One row of GitHub's list of runs: its latest attempt, which `actor` began at `began_at`."""

    id: int
    title: str
    status: str
    conclusion: str | None
    actor: str
    branch: str
    url: str
    created_at: datetime
    updated_at: datetime
    began_at: datetime
    attempt: int = 1
    event: str = "workflow_dispatch"
    commit: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.status == "completed" and self.conclusion is not None


def _was_not_taken(stage: Stage) -> bool:
    return stage.conclusion == "failure" and stage.started_at is None


def failure_of(progress: Progress, deploy_job: str | None) -> str | None:
    """Why an ended run did not deploy, or None when it did.

    Any conclusion but success is a failure, and a deploying job that was skipped did not deploy.
    One that is not in the run proves nothing either way.
    """
    if progress.conclusion != "success":
        if progress.conclusion == "cancelled" and not any(s.started_at for s in progress.stages):
            return "the run was cancelled before any job started (superseded by another run)"
        bad = [
            f"{s.name}, which no runner took" if _was_not_taken(s) else s.name
            for s in progress.stages
            if s.conclusion not in (None, "success", "skipped", "neutral")
        ]
        where = f" in {', '.join(bad)}" if bad else ""
        return f"the run ended with {progress.conclusion}{where}"
    if deploy_job and (job := progress.stage(deploy_job)) and job.conclusion != "success":
        return f"the run ended, but its job {job.name} was {job.conclusion}: nothing was deployed"
    return None


def deployed_at(progress: Progress, deploy_job: str | None) -> datetime | None:
    """When the deploying job ended well, None when it did not or is not known."""
    job = progress.stage(deploy_job) if deploy_job else None
    if job is None or job.conclusion != "success":
        return None
    return job.completed_at or progress.updated_at


def pick(
    runs: tuple[RunSummary, ...],
    intent: Dispatch,
    *,
    request_id: str,
    version: str,
    actor: str,
    claimed: frozenset[int],
) -> tuple[RunSummary, ...]:
    """The runs that may be ours: newer than the intent and nobody else's, oldest first.

    With a request id in the title the match is exact. Without it, a run has to be by our own
    account, on our branch, and must not name another version; more than one such run is for a
    person to tell apart.
    """

    def is_ours(run: RunSummary) -> bool:
        if intent.carries_id:
            return f"[{request_id}]" in run.title
        named = Version.find(run.title)
        on_branch = not intent.ref or run.branch == intent.ref
        return run.actor == actor and on_branch and (named is None or str(named) == version)

    newer = (run for run in runs if run.id > intent.before_run_id and run.id not in claimed)
    return tuple(sorted(filter(is_ours, newer), key=lambda run: run.id))
