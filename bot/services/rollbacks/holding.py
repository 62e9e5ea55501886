"""Holding: a rollback of production leaves a hold; it ends when a person lifts it, or when a
version that mends what was rolled back succeeds.
"""

from dataclasses import dataclass

from bot.config import Config
from bot.domain.closures.locks import Lock, LockKind
from bot.domain.deployments.changes import ChangeList
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.gates import holds as gate
from bot.domain.gates.holds import Held
from bot.domain.rollbacks import holds
from bot.messages.blocks import Message
from bot.messages.rollbacks import holds as messages
from bot.ports import Post, Tag, Tx
from bot.services.deployments.requests import known
from bot.services.desk import Desk, reply

PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """A hold with the rollback that left it, and the deployment that was rolled back."""

    lock: Lock
    rollback: Deployment | None
    left: Deployment | None


async def look(
    desk: Desk, deployment: Deployment, tag: Tag, brought: ChangeList
) -> tuple[Held, ...]:
    """How each hold on that place stands to the version. Raises Fault."""
    left = await desk.store.read(lambda tx: _standing(tx, deployment))
    return tuple([await _compared(desk, one, tag, brought) for one in left])


def follow(config: Config, tx: Tx, old: Deployment, new: Deployment) -> None:
    """Set a hold when a rollback succeeds; end one when what mends it does."""
    if new.state is not State.SUCCEEDED or old.state is State.SUCCEEDED or new.dry_run:
        return
    if new.environment != PRODUCTION:
        return
    if new.kind is Kind.ROLLBACK:
        _set(config, tx, new)
        return
    for one in _standing(tx, new):
        undone = one.lock.subject == new.reverses
        if undone or (one.rollback and holds.brings_back(one.rollback.changes, new.changes)):
            saved = tx.save_lock(one.lock, one.lock.opened(tx.now, ""))
            tx.audit("gonogo", "hold_ended", saved.name, by=new.name, version=new.version)
            _say(config, tx, saved, messages.mended(saved, new))


def lift(tx: Tx, config: Config, lock_id: int, reason: str, slack_id: str) -> Message:
    """A person takes responsibility for bringing back what was rolled back."""
    held = may_lift(tx, lock_id, slack_id)
    if len(reason) < holds.SHORTEST_REASON:
        raise Refusal(
            "reason_too_short",
            "Say why in at least {least} characters; it is kept.",
            least=holds.SHORTEST_REASON,
        )
    saved = tx.save_lock(held, held.opened(tx.now, slack_id))
    tx.audit(slack_id, "hold_lifted", saved.name, after=saved.subject, reason=reason)
    _say(config, tx, saved, messages.lifted(saved, slack_id, reason))
    return messages.done(saved)


def may_lift(tx: Tx, lock_id: int, slack_id: str) -> Lock:
    """The hold, if this person may lift it now."""
    actor = known(tx, slack_id)
    held = tx.lock(lock_id)
    if held is None:
        raise Refusal("no_such_lock", "There is no lock L{id}.", id=lock_id)
    holds.may_lift(held, actor)
    return held


def _set(config: Config, tx: Tx, rollback: Deployment) -> None:
    left = _deployment(tx, rollback.rolls_back)
    version = left.version if left else ""
    saved = tx.add_lock(
        Lock(
            kind=LockKind.HOLD,
            subject=rollback.name,
            service=rollback.service,
            environment=rollback.environment,
            owner="",
            reason=f"{version or 'what was live'} was rolled back: {rollback.reason}",
            set_at=tx.now,
        )
    )
    tx.audit("gonogo", "held", saved.name, after=rollback.name, left=version)
    tx.post(reply(config, rollback, "hold", messages.held(saved, version)))


def _say(config: Config, tx: Tx, lock: Lock, message: Message) -> None:
    tx.post(Post(key=f"lock:{lock.id}:opened", channel=config.slack.channel, message=message))
    tx.hurry()  # what waits for approval shows it


def _standing(tx: Tx, deployment: Deployment) -> tuple[_Left, ...]:
    found = []
    for lock in tx.locks_on(deployment.service, deployment.environment):
        if lock.kind is LockKind.HOLD:
            rollback = _deployment(tx, lock.subject)
            left = _deployment(tx, rollback.rolls_back) if rollback else None
            found.append(_Left(lock=lock, rollback=rollback, left=left))
    return tuple(found)


def _deployment(tx: Tx, name: str | None) -> Deployment | None:
    return tx.deployment_in_history(name) if name else None


async def _compared(desk: Desk, one: _Left, tag: Tag, brought: ChangeList) -> Held:
    left, rollback = one.left, one.rollback
    if left is None or rollback is None or not left.version:
        return Held(lock=one.lock.name, rollback=one.lock.subject, left="", contains=None)
    bad = left.binding.commit if left.binding else left.version
    taken = rollback.changes
    if taken is None:
        good = rollback.binding.commit if rollback.binding else rollback.version
        taken = await desk.github.changes(rollback.repo, good, bad)
    _, behind = await desk.github.distance(rollback.repo, bad, tag.commit)
    return gate.held(one.lock.name, rollback.name, left.version, taken, brought, behind)
