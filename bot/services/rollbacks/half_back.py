"""Half back: a rollback whose database was touched and whose code was not, left to a person."""

from datetime import datetime

from bot.config import Config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import deployed_at
from bot.domain.deployments.states import State
from bot.domain.deployments.steps import is_unsent
from bot.domain.rollbacks import switching, undoing
from bot.domain.rollbacks.switching import Outcome
from bot.messages.deployments import announcements
from bot.messages.rollbacks import undoing as messages
from bot.ports import Post, Tx
from bot.services.desk import announce


def is_half_back(deployment: Deployment) -> bool:
    """Whether the way down of its database was begun, and nothing of the code was sent yet."""
    waits = deployment.state is State.APPROVED and deployment.run_id is None
    return (waits or is_unsent(deployment)) and undoing.was_begun(deployment.steps)


def seen_to_come(deployment: Deployment, deploy_job: str | None) -> datetime | None:
    """When its run, which was not seen to end, had brought the code; None when it had not."""
    progress = deployment.progress
    return deployed_at(progress, deploy_job) if progress else None


def closed(deployment: Deployment, deploy_job: str | None) -> str:
    """How it is left by whoever closes it before its run is seen to end, in words."""
    begun = deployment.progress is not None and deployment.progress.has_begun(deploy_job or "")
    touched = begun or deployment.state is State.NEEDS_ATTENTION
    how = messages.half_back(deployment, touched=touched)
    return f"Closed as failed before its run was seen to end: {how}"


def left_to_a_person(
    config: Config, deployment: Deployment, at: datetime, why: str, *, touched: bool = False
) -> tuple[Deployment, Post]:
    """It as it is left, because nobody may say that nothing was deployed, and the alert; `touched`
    where the code may be half-way.
    """
    bad = deployment.to(
        State.DEGRADED,
        at,
        notice=f"{why}: {messages.half_back(deployment, touched=touched)}",
        undoing=undoing.left_half(deployment.undoing, half=True),
        ending=None,
        ends_as=None,
    )
    word = f"half-back-{deployment.revision}"
    return bad, announce(config, bad, word, announcements.failed(bad))


def follow(config: Config, tx: Tx, old: Deployment, new: Deployment) -> None:
    """Say that production is half back still, when the rollback that should have brought the code
    after an earlier one ends without it, however it does.
    """
    wish = new.undoing
    if not new.is_terminal or old.is_terminal or wish is None or not wish.done_by:
        return
    if new.state is State.SUCCEEDED or new.live_at is not None:
        return
    if new.steps and switching.came_to(new.steps) is Outcome.SWITCHED:
        return
    before = tx.deployment_in_history(wish.done_by)
    if before is not None and before.is_half_back:
        told = announcements.still_half_back(new, before)
        tx.post(announce(config, new, "still-half-back", told))
