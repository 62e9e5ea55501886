"""Silences: who gives no answer to a step under way is kept with the card, whichever bot shows it.

The words stand for the revision at which it was heard, and for the one that the step then saves
where the next step follows soon. Whatever is saved after that ends them: nobody has to take them
back, and a bot that is killed leaves none for good.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.deployments.deployments import Deployment
from bot.ports import Tx
from bot.ports.silences import TELLS_AFTER, Silence, listening
from bot.services.deployments.waiting import waits_for
from bot.services.desk import Desk

log = structlog.get_logger()

SOON = timedelta(seconds=30)
"""Whose next step follows so soon keeps its words till then: a system that is slow is so with each
step, and a card is not edited twice for each.
"""


@asynccontextmanager
async def heard(desk: Desk, number: int) -> AsyncIterator[None]:
    """Around a step of a deployment: who is silent in it is kept while it goes on, which waits for
    none of that.
    """
    keeping: list[asyncio.Task[Silence | None]] = []
    is_over = False

    def hear(system: str) -> None:
        if not is_over:
            work = partial(_keep, number, system)
            keeping.append(asyncio.create_task(_beside(desk, number, work)))

    try:
        with listening(hear):
            yield
    finally:
        is_over = True
        if keeping:
            kept = await asyncio.gather(*keeping)
            await _beside(desk, number, partial(_forget, number, kept))


def go_on(tx: Tx, saved: Deployment) -> None:
    """Keep on saying who is silent, where a step saves its deployment and still asks the same."""
    card = tx.card(saved.id)
    silence = card.silence if card else None
    if card and silence and silence.revision == saved.revision - 1:
        tx.keep_card(replace(card, silence=replace(silence, revision=saved.revision)))


def with_silence(deployment: Deployment, silence: Silence | None, now: datetime) -> Deployment:
    """The deployment as its card shows it while a system is silent. What it waits for already, and
    when that is tried again, stands there as it is.
    """
    if silence is None or not _can_be_told(deployment) or not _stands(silence, deployment, now):
        return deployment
    text = waits_for(silence.system, f"no answer for more than {TELLS_AFTER:g} s")
    return deployment.with_(waiting_for=text, failures=0)


async def _beside(desk: Desk, number: int, work: Callable[[Tx], Silence | None]) -> Silence | None:
    """Beside a step, which goes on whatever the database says."""
    try:
        found = await desk.store.run(work)
    except Exception:  # words on a card are no reason for a step to fail
        log.exception("silence_not_kept", deployment=number)
        return None
    desk.wake()
    return found


def _keep(number: int, system: str, tx: Tx) -> Silence | None:
    """Have the card say so, where there is one and nothing that is waited for stands there."""
    deployment, card = tx.deployment(number), tx.card(number)
    if deployment is None or card is None or not _can_be_told(deployment):
        return None
    silence = Silence(system, deployment.revision)
    if card.silence != silence:
        tx.keep_card(replace(card, revision=0, silence=silence))
    return silence


def _forget(number: int, kept: Collection[Silence | None], tx: Tx) -> None:
    """After a step that saved nothing since: it broke, or had just saved what it found."""
    deployment, card = tx.deployment(number), tx.card(number)
    silence = card.silence if card else None
    is_last = deployment and silence and silence.revision == deployment.revision
    if card and is_last and silence in kept:
        tx.keep_card(replace(card, revision=0, silence=None))


def _can_be_told(deployment: Deployment) -> bool:
    return not deployment.waiting_for and not deployment.is_terminal


def _stands(silence: Silence, deployment: Deployment, now: datetime) -> bool:
    follows = deployment.due_at is not None and deployment.due_at <= now + SOON
    is_next = deployment.revision == silence.revision + 1 and follows
    return is_next or deployment.revision == silence.revision
