"""Keeping: what was seen of one step of a rollback is stored, and when to look again."""

from datetime import datetime, timedelta

from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.ports import Post
from bot.services.desk import Desk
from bot.services.rollbacks import deadlines

LOOK_SOON, LOOK_AGAIN = timedelta(seconds=0.25), timedelta(seconds=0.5)
LOOK_LATER, LOOK_AT_DATABASE = timedelta(seconds=5), timedelta(seconds=15)
"""The longest pauses between two looks at a step that goes on: a quarter of the time that it has
taken, so that its end is seen soon and long ones are not asked for all the time.
"""


async def keep(
    desk: Desk,
    deployment: Deployment,
    place: int,
    step: TargetStep,
    *,
    pause: timedelta | None = None,
    failures: int = 0,
    is_known: bool = True,
    posts: tuple[Post, ...] = (),
) -> Deployment:
    """Store one step, ended where its time is over and what was seen of it `is_known`."""
    now, step = desk.now(), step.looked_at_again()
    step = deadlines.timed(desk, deployment, deployment.steps[place], step)
    step = step.in_time(now) if is_known else step
    steps, until = with_step(deployment, place, step), step.awaited_until
    if until is None:
        pause = timedelta(0)
    elif pause is not None:
        pause = min(pause, until - now) if until > now else pause
    else:
        pause = pause_of(step, now) if step.progress is Progress.RUNNING else timedelta(0)
    kept = deployment.with_(steps=steps, due_at=now + pause, failures=failures, waiting_for="")
    ended = step.progress is Progress.ENDED
    saved = await desk.save(
        deployment,
        kept,
        action="target_ended" if ended else "",
        posts=posts,
        detail={"target": step.target, "fate": step.came_to, "why": step.told},
    )
    desk.wake_after(pause)
    return saved


def with_step(deployment: Deployment, place: int, step: TargetStep) -> tuple[TargetStep, ...]:
    """The steps with this one in its place."""
    return (*deployment.steps[:place], step, *deployment.steps[place + 1 :])


def pause_of(step: TargetStep, now: datetime) -> timedelta:
    """The pause between two looks at a step that goes on, or that is looked for."""
    longest = LOOK_AT_DATABASE if step.command else LOOK_LATER
    taken = now - step.began_at if step.began_at else timedelta(0)
    return min(max(taken / 4, LOOK_SOON), longest)
