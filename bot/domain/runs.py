"""Runs: one execution of the release workflow at GitHub, and the dispatch that asked for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SETTLE = timedelta(seconds=180)
"""How long a run may stay unlisted after a dispatch before a second one is thought of."""

GIVE_UP_SEARCH = timedelta(minutes=10)
"""After this long without a run an accepted dispatch is a person's to look at."""

OVERDUE = timedelta(minutes=30)
"""A run that takes longer is called overdue on the card; age alone never ends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """The intent to start a run, committed before the one POST.

    `before_run_id` is the newest run id of the workflow before the POST; ids only grow.
    `accepted` is True once GitHub said yes, None while its answer is not known.
    `carries_id`: the workflow puts the request id into the run's title.
    `guarded`: the workflow itself stops a second run of the same request id.
    """

    before_run_id: int
    attempt: int
    sent_at: datetime
    carries_id: bool
    guarded: bool
    accepted: bool | None = None

    def may_send_again(self, now: datetime) -> bool:
        """Whether one automatic second dispatch is safe: unclear answer, settled, guarded, first
        attempt.
        """
        return (
            self.accepted is None
            and self.guarded
            and self.attempt == 1
            and now - self.sent_at >= SETTLE
        )

    def is_hopeless(self, now: datetime) -> bool:
        """Whether a person has to decide because no run turned up."""
        limit = GIVE_UP_SEARCH if self.accepted else SETTLE
        return now - self.sent_at >= limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One job of a run; `step` names the step that is being worked on."""

    name: str
    status: str
    conclusion: str | None = None
    step: str = ""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One row of GitHub's list of runs."""

    id: int
    title: str
    status: str
    conclusion: str | None
    actor: str
    branch: str
    url: str
    created_at: datetime
    updated_at: datetime


def failure_of(progress: Progress, deploy_job: str | None) -> str | None:
    """Why an ended run did not deploy, or None when it did.

    Any conclusion but success is a failure, and a deploying job that was skipped did not deploy.
    """
    if progress.conclusion != "success":
        if progress.conclusion == "cancelled" and not any(s.started_at for s in progress.stages):
            return "the run was cancelled before any job started (superseded by another run)"
        bad = [
            s.name
            for s in progress.stages
            if s.conclusion not in (None, "success", "skipped", "neutral")
        ]
        where = f" in {', '.join(bad)}" if bad else ""
        return f"the run ended with {progress.conclusion}{where}"
    if deploy_job and (job := progress.stage(deploy_job)) and job.conclusion != "success":
        return f"the run ended, but its job {job.name} was {job.conclusion}: nothing was deployed"
    return None


def pick(
    runs: tuple[RunSummary, ...],
    *,
    after: int,
    request_id: str,
    carries_id: bool,
    actor: str,
    claimed: frozenset[int],
) -> tuple[RunSummary, ...]:
    """The runs that may be ours: newer than the intent, unclaimed, and of our request id or actor.

    With a request id in the title the match is exact; without it, it is by id and actor only, and
    more than one candidate is for a person to tell apart. Oldest first.
    """
    newer = [run for run in runs if run.id > after and run.id not in claimed]
    ours = [
        run
        for run in newer
        if (f"[{request_id}]" in run.title if carries_id else run.actor == actor)
    ]
    return tuple(sorted(ours, key=lambda run: run.id))
