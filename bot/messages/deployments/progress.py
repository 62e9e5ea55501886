"""Progress: the jobs of a run, on the card for as long as it runs."""

from datetime import datetime, timedelta

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import OVERDUE, Progress, Stage
from bot.messages import blocks as b
from bot.messages.lists import held

COARSE = timedelta(seconds=10)
MOST_STAGES = 12


def listed(deployment: Deployment, now: datetime) -> str:
    """The run's jobs, the step at work and the time it took so far."""
    run = deployment.progress or Progress(status="queued")
    lines = [
        f"*{b.link(deployment.run_url, f'Run {deployment.run_id}')}* "
        f"{b.line(run.status.replace('_', ' '), 40)}"
    ]
    if run.started_at and not run.is_over:
        took = now - run.started_at
        if took >= COARSE:
            lines[0] += f" · {b.span(_coarse(took))}"
        if took > OVERDUE:
            lines[0] += " · *overdue*, still being watched"
    kept = held([_rank(stage) for stage in run.stages], MOST_STAGES)
    lines.extend(f"• {_stage(run.stages[at])}" for at in kept)
    if more := len(run.stages) - len(kept):
        lines.append(f"• and {more} more")
    return "\n".join(lines)


def _rank(stage: Stage) -> int:
    """Before what is over or waits: what went wrong, then what is at work."""
    if stage.conclusion not in (None, "success", "skipped", "neutral"):
        return 0
    return 1 if stage.conclusion is None and stage.status == "in_progress" else 2


def _stage(stage: Stage) -> str:
    if stage.conclusion is None and stage.status == "in_progress":
        step = f": {b.line(stage.step, 80)}" if stage.step else ""
        return f"*{b.line(stage.name, 80)}* in progress{step}"
    took = ""
    if stage.started_at and stage.completed_at:
        took = f" in {b.span(stage.completed_at - stage.started_at)}"
    word = stage.conclusion or stage.status
    plain = {"success": "passed", "failure": "failed", "queued": "waits"}.get(word, word)
    return f"{b.line(stage.name, 80)} {b.line(plain.replace('_', ' '), 40)}{took}"


def _coarse(took: timedelta) -> timedelta:
    """Rounded down, so that the passing of time alone makes few edits."""
    step = COARSE if took < timedelta(minutes=2) else timedelta(minutes=1)
    return took // step * step
