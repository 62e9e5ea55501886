"""Watching: a run at GitHub from its first job to its end, or to the end somebody asked for."""

from datetime import datetime, timedelta

from bot.domain.deployments import Deployment, State
from bot.domain.errors import NotFound
from bot.domain.runs import Progress, failure_of
from bot.domain.validation import Outcome, Reading, Validation
from bot.messages import announcements
from bot.services.desk import Desk, announce

FORCE_AFTER = timedelta(minutes=5)
"""A cancelled run whose steps still go on after this is force-cancelled."""


async def watch_run(desk: Desk, deployment: Deployment) -> None:
    """Read the run once and move on when it has ended."""
    if deployment.run_id is None:
        await desk.save(
            deployment,
            deployment.to(State.NEEDS_ATTENTION, desk.now(), waiting_for="It has no run"),
        )
        return
    if deployment.state is State.ABORTING:
        asked_at = deployment.abort_asked_at or desk.now()
        force = desk.now() - asked_at > FORCE_AFTER
        await desk.github.cancel(deployment.repo, deployment.run_id, force=force)
    try:
        summary, progress = await desk.github.run(deployment.repo, deployment.run_id)
    except NotFound:
        why = f"Run {deployment.run_id} is no longer at GitHub"
        lost = deployment.to(State.NEEDS_ATTENTION, desk.now(), due_at=None, waiting_for=why)
        await desk.save(deployment, lost, action="run_lost")
        return
    seen = deployment.with_(progress=progress, run_url=summary.url, failures=0, waiting_for="")
    if progress.is_over:
        await _ended(desk, deployment, seen)
    else:
        await desk.save(deployment, seen.with_(due_at=desk.now() + _pace(progress, desk.now())))


async def _ended(desk: Desk, deployment: Deployment, seen: Deployment) -> None:
    progress = seen.progress or Progress(status="completed")
    service = desk.config.services.get(deployment.service)
    failure = failure_of(progress, service.deploy_job if service else None)
    if failure is None:
        now = desk.now()
        smoke = _smoke(progress, desk.rule(deployment).smoke, now)
        started = Validation(started_at=now, readings=(smoke,) if smoke else ())
        moved = seen.to(State.VALIDATING, now, validation=started)
        await desk.save(deployment, moved, action="run_succeeded")
    elif deployment.state is State.ABORTING:
        ended = seen.end(
            State.CANCELLED,
            desk.now(),
            "aborted",
            f"Stopped while running: {failure}. Check production.",
        )
        await desk.save(deployment, ended, action="aborted")
    else:
        ended = seen.end(State.FAILED, desk.now(), "run_failed", failure[0].upper() + failure[1:])
        post = announce(desk.config, ended, "failed", announcements.failed(ended))
        await desk.save(deployment, ended, action="failed", posts=(post,), detail={"why": failure})


def _smoke(progress: Progress, name: str | None, now: datetime) -> Reading | None:
    """The configured smoke test's outcome, as a job of the run; None when none is configured."""
    if name is None:
        return None
    job = progress.stage(name)
    if job is None:
        return Reading(
            what="smoke", outcome=Outcome.NO_DATA, text=f"no job {name} in the run", at=now
        )
    if job.conclusion == "success":
        return Reading(what="smoke", outcome=Outcome.OK, text="passed", at=now)
    outcome = Outcome.NO_DATA if job.conclusion in ("skipped", "neutral") else Outcome.BAD
    return Reading(
        what="smoke", outcome=outcome, text=f"the job {job.name} was {job.conclusion}", at=now
    )


def _pace(progress: Progress, now: datetime) -> timedelta:
    """The pause before the next look: 3 s in the first minutes, later 10 and 30 s."""
    age = now - progress.started_at if progress.started_at else timedelta(0)
    if age < timedelta(minutes=2):
        return timedelta(seconds=3)
    return timedelta(seconds=10 if age < timedelta(minutes=10) else 30)
