"""Reversals: Undo Rollback, decided inside one transaction, and the steps that it takes."""

from bot.config import Config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.rollbacks import reversals, undoing
from bot.domain.rollbacks.target_steps import TargetStep
from bot.messages.blocks import Message
from bot.messages.rollbacks import reversals as messages
from bot.ports import Tx
from bot.services.closures import closures
from bot.services.deployments.decisions import load
from bot.services.deployments.requests import known, who
from bot.services.desk import Desk, reply
from bot.services.rollbacks import undoing as databases

MOST_SINCE = 50
"""Deployments among which the one is looked for that was live before."""

MOST_LOOKED_AT = 200
"""Deployments among which rollbacks are looked for that were after the same."""


def may_reverse(tx: Tx, deployment_id: int, slack_id: str) -> tuple[Deployment, str]:
    """The rollback, and the version that comes again, if this person may undo it now."""
    rollback = load(tx, deployment_id)
    reversals.may_reverse(known(tx, slack_id))
    live = tx.live(rollback.service, rollback.environment)
    left = _left(tx, rollback)
    version = reversals.require_reversible(rollback, left, live.name if live else None)
    reversals.require_free(tx.holder(rollback.service, rollback.environment), version)
    return rollback, version


def reverse(tx: Tx, config: Config, deployment_id: int, reason: str, slack_id: str) -> Message:
    """Have what the rollback took back run again; the tick does it."""
    rollback, version = may_reverse(tx, deployment_id, slack_id)
    if len(reason) < reversals.SHORTEST_REASON:
        raise Refusal(
            "reason_too_short",
            "Say why in at least {least} characters; it is kept.",
            least=reversals.SHORTEST_REASON,
        )
    settings = config.services.get(rollback.service)
    actor, _ = who(tx, slack_id)
    wish = Deployment(
        service=rollback.service,
        environment=rollback.environment,
        version=version,
        kind=Kind.REDEPLOY,
        state=State.APPROVED,
        approvers=0,
        repo=rollback.repo,
        workflow=settings.rollback_workflow if settings else rollback.workflow,
        requested_by=actor.slack_id,
        requested_by_github=actor.github,
        requested_at=tx.now,
        reason=reason,
        reverses=rollback.name,
        due_at=tx.now,
    )
    if why := closures.closed(tx, config, wish):
        raise Refusal("closed", "Nothing was done: {why}.", why=why)
    saved = tx.add(wish)
    tx.audit(slack_id, "reversal_requested", saved.name, undoes=rollback.name, reason=reason)
    tx.post(reply(config, rollback, f"undone-{saved.id}", messages.begun(rollback, saved)))
    return messages.started(saved)


def follow(config: Config, tx: Tx, old: Deployment, new: Deployment) -> None:
    """Note at a rollback that it is undone once what it took back runs well again, and that it
    stays once anything else is live, well or not.
    """
    if new.dry_run:
        return
    ended_well = new.state is State.SUCCEEDED and old.state is not State.SUCCEEDED
    if ended_well and (rollback := _reversed(tx, new)):
        tx.save(rollback, rollback.with_(reversed_by=new.name))
    if not ended_well and (new.live_at is None or old.live_at is not None):
        return
    before = tx.history(new.service, new.environment, limit=MOST_SINCE)
    good = (d for d in before if d.id != new.id and d.state is State.SUCCEEDED)
    left = next(good, None)
    if left is not None and left.kind is Kind.ROLLBACK and not left.stays:
        tx.save(left, left.with_(stays=True))


async def steps(desk: Desk, deployment: Deployment) -> tuple[TargetStep, ...]:
    """The steps of a way back: those of a rollback, or those that undo one; none where a workflow
    does it.
    """
    if deployment.reverses:
        return await desk.store.read(lambda tx: _taken_back(tx, deployment))
    named = tuple(TargetStep(target=name) for name, _ in desk.targets_of(deployment))
    return (*(undoing.steps(deployment.undoing) if deployment.undoing else ()), *named)


def _taken_back(tx: Tx, deployment: Deployment) -> tuple[TargetStep, ...]:
    rollback = _reversed(tx, deployment)
    left = _left(tx, rollback) if rollback else None
    if rollback is None or left is None:
        return ()
    earlier = tx.history(rollback.service, rollback.environment, limit=MOST_LOOKED_AT)
    return reversals.steps(rollback, left, earlier)


def _reversed(tx: Tx, deployment: Deployment) -> Deployment | None:
    return databases.named(tx, deployment.reverses)


def _left(tx: Tx, rollback: Deployment) -> Deployment | None:
    return databases.named(tx, rollback.rolls_back)
