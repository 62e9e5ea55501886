"""Claims: the step of a rollback that one bot is sending is taken up by no other."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.rollbacks.target_steps import Progress
from bot.ports import Stale, Tx
from bot.ports.fences import fenced
from bot.services.deployments import silences
from bot.services.desk import Desk
from bot.services.rollbacks.deadlines import timed

log = structlog.get_logger()

LEASE = timedelta(seconds=20)
"""So long after a bot last said that it is at it, another one looks what became of the step."""

RENEWED_EVERY = timedelta(seconds=6)

SENT_WITHIN = timedelta(seconds=15)
"""So long after that nothing is sent any more: whoever looks next has to see it."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """When something was said, by the clock of this process and by the one that all share."""

    ours: float
    theirs: datetime

    @classmethod
    def now(cls, desk: Desk) -> "_Moment":
        return cls(time.monotonic(), desk.now())

    def age(self, desk: Desk) -> timedelta:
        """How long ago that is by either: a process that was paused, or whose host slept, sees it
        by one of them.
        """
        return max(timedelta(seconds=time.monotonic() - self.ours), desk.now() - self.theirs)


class Claim:
    """One step that is about to be sent, by us alone for as long as we say so again and again.

    `deployment` is the newest that we stored, or that somebody else did who left the step alone.
    """

    def __init__(self, desk: Desk, deployment: Deployment, place: int, said: "_Moment") -> None:
        self.deployment = deployment
        self._desk, self._place, self._said = desk, place, said
        self._is_over = asyncio.Event()
        self._is_lost = False

    @asynccontextmanager
    async def renewed(self, every: timedelta = RENEWED_EVERY) -> AsyncIterator[None]:
        """Say so until the end; what changes something is sent inside only while that holds."""
        renewing = asyncio.create_task(self._renew(every.total_seconds()))
        try:
            with fenced(self.holds):
                yield
        finally:
            self._is_over.set()
            await asyncio.gather(renewing, return_exceptions=True)  # it then ends by itself

    def holds(self) -> bool:
        """Whether nobody else can have taken it."""
        return not self._is_lost and self._said.age(self._desk) < SENT_WITHIN

    async def _renew(self, pause: float) -> None:
        while not self._is_lost:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_over.wait(), pause)
                return
            said = _Moment.now(self._desk)
            try:
                found = await self._desk.store.run(self._still_ours)
            except Stale:  # it is said again soon
                continue
            except Exception:  # a hiccup of the database; unsaid for too long, it is ours no more
                log.exception("claim_not_renewed", deployment=self.deployment.id)
                continue
            self._is_lost = found is None
            self.deployment, self._said = found or self.deployment, said

    def _still_ours(self, tx: Tx) -> Deployment | None:
        """The deployment with our claim renewed; None where somebody took the step."""
        current = tx.deployment(self.deployment.id)
        ours = self.deployment.steps[self._place]
        if current is None or current.state is not State.SWITCHING:
            return None
        step = current.steps[self._place]
        if (step.progress, step.began_at) != (Progress.STARTING, ours.began_at):
            return None
        saved = tx.save(current, current.with_(due_at=tx.now + LEASE))
        silences.go_on(tx, saved)
        return saved


async def take(desk: Desk, deployment: Deployment, place: int) -> Claim:
    """Store that one step is about to be sent, before it is. Raises Stale where another bot was
    first.
    """
    said, step = _Moment.now(desk), deployment.steps[place]
    begun = replace(step, progress=Progress.STARTING, began_at=said.theirs)
    changed = timed(desk, deployment, step, begun)
    steps = (*deployment.steps[:place], changed, *deployment.steps[place + 1 :])
    taken = deployment.with_(steps=steps, due_at=said.theirs + LEASE, waiting_for="")
    return Claim(desk, await desk.save(deployment, taken), place, said)


async def let_go(desk: Desk, taken: Deployment) -> None:
    """Have the step looked for at once: its answer could not be stored, because somebody changed
    something else about the rollback meanwhile.
    """

    def hurry(tx: Tx) -> None:
        current = tx.deployment(taken.id)
        if current and (current.state, current.steps) == (taken.state, taken.steps):
            tx.save(current, current.with_(due_at=tx.now))

    await desk.store.run(hurry)
