"""Locks: setting and opening them, asking owners whether they are still needed, and what they and
the calendar say to a deployment.
"""

from bot.config import Config
from bot.domain.closures import locks
from bot.domain.closures.locks import Lock, LockKind
from bot.domain.deployments.deployments import Deployment
from bot.domain.errors import Refusal
from bot.domain.gates import Verdict
from bot.domain.grammar import LockWish, UnlockWish
from bot.domain.people import Who
from bot.messages.blocks import Message
from bot.messages.closures import locks as messages
from bot.messages.rollbacks import holds
from bot.ports import Post, Tx
from bot.services.deployments.requests import as_before, known
from bot.services.desk import Desk


def judge(tx: Tx, deployment: Deployment) -> Verdict:
    """The verdict of the gate `lock` now."""
    held = tx.locks_on(deployment.service, deployment.environment)
    mends = deployment.for_incident
    return locks.judge(held, tx.now, deployment.kind, tx.name_of, mends=mends)


def lock(tx: Tx, config: Config, wish: LockWish, slack_id: str) -> Message:
    """Set a lock, or give one's own another reason and expiry."""
    locks.may_lock(as_before(tx, slack_id))
    wanted = Lock(
        service=wish.service or "",
        environment=wish.environment or "",
        owner=slack_id,
        reason=wish.reason,
        set_at=tx.now,
        expires_at=tx.now + wish.length if wish.length else None,
    )
    before = next((held for held in tx.locks() if _is_same(held, wanted)), None)
    if before is None:
        saved, action = tx.add_lock(wanted), "locked"
    elif before.owner != slack_id:
        raise Refusal(
            "locked_already",
            "{place} is locked by {who} already ({name}): “{reason}”. "
            "Ask them, or take it over with {deployments} unlock {name}.",
            place=messages.place(before),
            who=Who(before.owner),
            name=before.name,
            reason=before.reason,
        )
    else:
        saved, action = tx.save_lock(before, before.renewed(wanted)), "lock_changed"
    tx.audit(
        slack_id,
        action,
        saved.name,
        service=saved.service,
        environment=saved.environment,
        reason=saved.reason,
        expires_at=saved.expires_at.isoformat() if saved.expires_at else None,
    )
    tx.post(_announcement(config, saved, f"set:{saved.revision}", messages.locked(saved)))
    tx.hurry()  # what waits for approval shows it
    return messages.answer(saved, config.commands.deployments)


def unlock(tx: Tx, config: Config, wish: UnlockWish, slack_id: str) -> Message:
    """Open the lock that was named; somebody else's only after a question."""
    return open_lock(tx, config, _named(tx, wish, slack_id).id, slack_id, sure=False)


def open_lock(tx: Tx, config: Config, lock_id: int, slack_id: str, *, sure: bool) -> Message:
    """Open a lock; unless `sure`, one of somebody else is asked about first."""
    actor = known(tx, slack_id)
    held = _load(tx, lock_id)
    locks.may_open(held, actor)
    if held.kind is LockKind.HOLD:
        return holds.question(held)
    if held.owner != slack_id and not sure:
        return messages.question(held, tx.now)
    saved = tx.save_lock(held, held.opened(tx.now, slack_id))
    tx.audit(slack_id, "unlocked", saved.name, owner=saved.owner, reason=saved.reason)
    tx.post(_announcement(config, saved, "opened", messages.unlocked(saved, slack_id)))
    if held.kind is LockKind.PERSON and held.owner != slack_id:
        note = messages.taken_away(saved, slack_id)
        tx.post(Post(key=f"lock:{saved.id}:taken", channel=saved.owner, message=note))
    tx.hurry()
    return messages.done(saved)


async def watch(desk: Desk, lock_id: int) -> None:
    """Open a lock whose time is up and say so; else ask its owner whether it is still needed."""

    def look(tx: Tx) -> None:
        held = tx.lock(lock_id)
        if held is None or held.due_at is None or tx.now < held.due_at:
            return
        if held.is_over(tx.now):
            saved = tx.save_lock(held, held.opened(tx.now, ""))
            tx.audit("gonogo", "lock_expired", saved.name, owner=saved.owner)
            tx.post(_announcement(desk.config, saved, "opened", messages.expired(saved)))
            tx.hurry()
            return
        asked = tx.save_lock(held, held.nagged(tx.now))
        key = f"lock:{asked.id}:nag:{asked.revision}"
        tx.post(Post(key=key, channel=asked.owner, message=messages.nag(asked, tx.now)))

    await desk.store.run(look)


def _load(tx: Tx, lock_id: int) -> Lock:
    found = tx.lock(lock_id)
    if found is None:
        raise Refusal("no_such_lock", "There is no lock L{id}.", id=lock_id)
    return found


def _is_same(held: Lock, wanted: Lock) -> bool:
    """Whether it is a person's lock on exactly the same place."""
    return held.kind is LockKind.PERSON and (held.service, held.environment) == (
        wanted.service,
        wanted.environment,
    )


def _named(tx: Tx, wish: UnlockWish, slack_id: str) -> Lock:
    """The one lock that a wish can mean: a person's own before those of others."""
    if wish.lock is not None:
        return _load(tx, wish.lock)
    held = tx.locks()
    meant = [
        lock
        for lock in held
        if wish.service in (None, lock.service) and wish.environment in (None, lock.environment)
    ]
    meant = [lock for lock in meant if lock.owner == slack_id] or meant
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise Refusal(
            "which_lock",
            "Which one? {names} are held. For example: {deployments} unlock {name}",
            names=", ".join(lock.name for lock in meant),
            name=meant[0].name,
        )
    raise Refusal(
        "not_locked", "No lock is held there. {deployments} locks lists what is locked anywhere."
    )


def _announcement(config: Config, held: Lock, word: str, message: Message) -> Post:
    return Post(key=f"lock:{held.id}:{word}", channel=config.slack.channel, message=message)
