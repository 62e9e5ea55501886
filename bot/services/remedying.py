"""Remedying: having a remedy made at GitHub, by steps of the tick that can run twice."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import structlog

from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.domain.remedies import Remedy, RemedyState
from bot.messages import remedies as messages
from bot.ports import Pull, Tx
from bot.services.desk import Desk, retry_in
from bot.services.remedies import begun, say

T = TypeVar("T")
log = structlog.get_logger()

LOST_AFTER = timedelta(seconds=60)
"""A request whose answer has not come by then is lost, and what it made is looked for."""

LOOKED_FOR = timedelta(minutes=3)
"""How long; after that a person decides whether it is asked for once more."""

TELL_AFTER = 3
"""Failures in a row after which the thread is told that it takes longer."""


async def step(desk: Desk, remedy_id: int) -> None:
    """Do what a remedy waits for. What is definitely refused is told, all else looked at again."""
    remedy = await desk.store.run(lambda tx: _claim(tx, remedy_id))
    if remedy is None:
        return
    try:
        await _revert(desk, remedy)
    except (Declined, NotFound) as no:
        await _fail(desk, remedy, f"GitHub says: {no.text}")
    except Unanswered as lost:
        await _put_off(desk, remedy, lost.text, LOST_AFTER)
    except Fault as fault:
        await _put_off(desk, remedy, fault.text, retry_in(remedy.failures, fault.retry_after))


async def _revert(desk: Desk, remedy: Remedy) -> None:
    """Look whether somebody or a lost request made it; else ask for it, once."""
    there = await desk.pulls.revert_of(remedy.repo, remedy.pull)
    if there is not None:
        await _made(desk, remedy, there, found=remedy.sent_at is None)
    elif remedy.sent_at is None:
        title, body = messages.revert_title(remedy), messages.revert_body(remedy)
        wish = (remedy.repo, remedy.pull, title, body)
        pull = await _once(desk, remedy, lambda: desk.pulls.revert(*wish))
        await _made(desk, remedy, pull, found=False)
    elif desk.now() - remedy.sent_at < LOOKED_FOR:
        await _put_off(desk, remedy, "its answer was lost, and it is not to be seen", LOST_AFTER)
    else:
        await _fail(desk, remedy, "GitHub's answer was lost, and nothing is to be seen there")


async def _once(desk: Desk, remedy: Remedy, send: Callable[[], Awaitable[T]]) -> T:
    """Send a request that must not be sent twice: that it leaves is noted before it does, and taken
    back where it surely did not.
    """
    await desk.store.run(lambda tx: _note(tx, remedy, sent_at=tx.now))
    try:
        return await send()
    except (Declined, NotFound, Unanswered):
        raise
    except Fault:
        await desk.store.run(lambda tx: _note(tx, remedy, sent_at=None))
        raise


def _claim(tx: Tx, remedy_id: int) -> Remedy | None:
    """Nobody else does it meanwhile."""
    remedy = tx.remedy(remedy_id)
    if remedy is None or remedy.due_at is None or tx.now < remedy.due_at:
        return None
    return tx.save_remedy(remedy, remedy.with_(due_at=tx.now + LOST_AFTER))


def _note(tx: Tx, remedy: Remedy, **changes: object) -> Remedy:
    now = tx.remedy(remedy.id) or remedy
    return tx.save_remedy(now, now.with_(**changes))


async def _made(desk: Desk, remedy: Remedy, pull: Pull, *, found: bool) -> None:
    def keep(tx: Tx) -> None:
        now = tx.remedy(remedy.id) or remedy
        saved = tx.save_remedy(now, now.to(RemedyState.DONE, number=pull.number, url=pull.url))
        detail = {"pull": pull.number, "url": pull.url, "found": found}
        tx.audit(saved.asked_by, f"{saved.kind}_made", saved.subject, **detail)
        begun(tx, saved)
        say(tx, desk.config, saved, f"made:{saved.revision}", messages.made(saved, found=found))

    await desk.store.run(keep)


async def _fail(desk: Desk, remedy: Remedy, why: str) -> None:
    def keep(tx: Tx) -> None:
        now = tx.remedy(remedy.id) or remedy
        saved = tx.save_remedy(now, now.to(RemedyState.FAILED, trouble=why))
        tx.audit(saved.asked_by, f"{saved.kind}_failed", saved.subject, why=why)
        say(tx, desk.config, saved, f"failed:{saved.revision}", messages.failed(saved, why))

    await desk.store.run(keep)


async def _put_off(desk: Desk, remedy: Remedy, why: str, pause: timedelta) -> None:
    log.warning("remedy_waits", subject=remedy.subject, kind=remedy.kind, error=why)

    def keep(tx: Tx) -> None:
        failures = remedy.failures + 1
        saved = _note(tx, remedy, due_at=tx.now + pause, failures=failures, trouble=why)
        if failures == TELL_AFTER:
            told = messages.takes_longer(saved, why)
            say(tx, desk.config, saved, f"waits:{saved.revision}", told)

    await desk.store.run(keep)
