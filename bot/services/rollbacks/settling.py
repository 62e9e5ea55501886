"""Settling: what all steps of a rollback came to, and what follows from it."""

from collections.abc import Sequence

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.deployments.validation import Validation
from bot.domain.people import Role
from bot.domain.rollbacks import switching, undoing
from bot.domain.rollbacks.switching import Outcome
from bot.domain.rollbacks.target_steps import TargetStep
from bot.domain.rollbacks.targets import Fate
from bot.messages.deployments import announcements, tails
from bot.services.desk import Desk, announce, reply

MOST_CALLED = 10
"""Approvers who are mentioned by name."""


async def settle(desk: Desk, deployment: Deployment, found: Outcome) -> None:
    """Go on with the proof, or leave it to a person with an alert."""
    now = desk.now()
    if found is Outcome.SWITCHED and all(step.command for step in deployment.steps):
        moved = deployment.to(State.APPROVED, now)  # the code follows, by its workflow
        await desk.save(deployment, moved, action="database_taken_back")
        return
    if found is Outcome.SWITCHED:
        readings = switching.readings(deployment.steps)
        started = Validation(started_at=now, deployed_at=now, readings=readings)
        moved = deployment.to(State.VALIDATING, now, validation=started)
        await desk.save(deployment, moved, action="switched")
        return
    notice, wish = _told(deployment.steps, found), deployment.undoing
    half = undoing.left_half(wish, half=not undoing.is_untouched(deployment.steps))
    bad = deployment.to(State.DEGRADED, now, notice=notice, undoing=half)
    word = f"partial-{deployment.revision}"
    call = await _called(desk) if found is Outcome.MIXED else ()
    post = announce(desk.config, bad, word, announcements.failed(bad, call=call))
    logs = [
        reply(
            desk.config,
            bad,
            f"{word}-{step.target}",
            tails.output(step.target, step.output, asked=bool(step.command)),
        )
        for step in deployment.steps
        if step.output and step.fate is not Fate.SUCCEEDED
    ]
    posts = (post, *logs)
    await desk.save(deployment, bad, action="not_switched", posts=posts, detail={"why": notice})


async def _called(desk: Desk) -> tuple[str, ...]:
    """Whom production that is mixed calls: those who may approve, and who is on call."""
    approvers = await desk.store.read(lambda tx: tx.members(Role.APPROVER))
    group = desk.config.incidents.paging.group
    return (*approvers[:MOST_CALLED], *((group,) if group else ()))


def _told(steps: Sequence[TargetStep], found: Outcome) -> str:
    each = "; ".join(f"{step.target}: {step.told or 'not begun'}" for step in steps)
    head = "PARTIAL: production is mixed" if found is Outcome.MIXED else "Nothing was switched"
    return f"{head}. {each}"
