"""Mirror: what GitHub's own page says about a deployment of ours, and what it should say."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.approvals.protection import Protection
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Progress
from bot.domain.deployments.states import State


class Shown(StrEnum):
    """A status of a GitHub deployment, in GitHub's words."""

    NOTHING = ""
    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    SUCCESS = "success"
    FAILURE = "failure"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """The GitHub deployment of one of our deployments; `number` is GitHub's, None before it is
    known.

    `ours` says that we made it; the run of a job with an `environment` makes one by itself.
    `done` says that nothing is to be written any more. Until `due_at` nobody touches it: it waits
    to be tried again, or somebody works on it.
    """

    deployment: int
    repo: str
    environment: str
    number: int | None = None
    ours: bool = True
    shown: Shown = Shown.NOTHING
    done: bool = False
    due_at: datetime | None = None
    failures: int = 0


def should_show(deployment: Deployment, deploy_job: str | None) -> Shown:
    """What GitHub should show now. Before the deploying job has begun, nothing: until then its run
    may make a GitHub deployment itself.
    """
    d = deployment
    if d.dry_run or d.adopted or not ref_of(d):
        return Shown.NOTHING
    match d.state:
        case State.RUNNING | State.ABORTING:
            return Shown.IN_PROGRESS if has_begun(d.progress, deploy_job) else Shown.NOTHING
        case State.VALIDATING | State.SWITCHING:
            return Shown.IN_PROGRESS
        case State.SUCCEEDED:
            return Shown.SUCCESS
        case State.DEGRADED:
            return Shown.FAILURE
        case State.FAILED | State.CANCELLED:
            return Shown.FAILURE if d.run_id is not None or d.steps else Shown.NOTHING
        case _:
            return Shown.NOTHING


def ref_of(deployment: Deployment) -> str:
    """What GitHub is told was deployed; empty where nobody knows it."""
    commit = deployment.binding.commit if deployment.binding else ""
    return deployment.version or commit


def key_of(deployment: Deployment) -> str:
    """What finds the GitHub deployment that we made again, whatever became of the answer."""
    asked = deployment.requested_at.isoformat(timespec="seconds")
    return deployment.request_id or f"{deployment.name}@{asked}"


def place_of(deployment: Deployment, protection: Protection | None, named: str) -> str:
    """The environment as GitHub names it: the one that the deploying job of releases has `named`,
    where they are configured to wait at its gate; else ours. One that is there for the approval
    alone is none. The same for what has no gate, as a way back: there it is one place.
    """
    return (protection.ours(named) if protection else "") or deployment.environment


def has_begun(progress: Progress | None, deploy_job: str | None) -> bool:
    """Whether the job that changes the environment was reached."""
    stage = progress.stage(deploy_job) if progress and deploy_job else None
    return stage is not None and stage.status in ("in_progress", "completed")


def has_to_be_written(mirror: Mirror, deployment: Deployment, shown: Shown) -> bool:
    """Whether GitHub would not come to show it by itself: what a run made, Actions keeps true to
    the run, which knows nothing of what production said afterwards.
    """
    if mirror.ours:
        return True
    run_failed = bool(deployment.progress and deployment.progress.conclusion != "success")
    corrects = mirror.shown is Shown.FAILURE and shown is Shown.SUCCESS
    return corrects or (shown is Shown.FAILURE and not run_failed)
