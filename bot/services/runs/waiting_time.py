"""Waiting time: whether a run still stands at the gate that its approvers were asked about, or has
come to another one, which has a waiting time of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.approvals.protection import Protection
from bot.domain.approvals.waiting_time import Asked, Look
from bot.domain.deployments.deployments import Deployment
from bot.ports import Held
from bot.services.desk import Desk
from bot.services.runs import standing


async def waits_on(desk: Desk, seen: Deployment, held: Sequence[Held]) -> tuple[Deployment, bool]:
    """The deployment whose run waited at its gate and is `held` now, and whether it just waits on;
    not where a job was let in, or it has come to another gate.
    """
    protection = _guarded(seen)
    asked, begun = protection.asked, _begun(seen)
    if asked.jobs and not asked.let_in(begun):  # whose the others are is nothing to it
        return _known(seen, asked.seen(Look(begun=begun))), True
    look = await _look(desk, seen, protection, held)
    if asked.is_over(look):
        return seen, False
    return _known(seen, asked.seen(look)), not asked.has_news(look)


async def at_gate(desk: Desk, seen: Deployment, held: Sequence[Held]) -> Deployment:
    """The deployment whose run has come to a gate and is `held` there, with what its approvers are
    asked about; without an end of its waiting time where that is to begin.

    That is at another gate than before, and where the time ended while the run went on, so that
    nobody could answer.
    """
    protection = _guarded(seen)
    asked, expires = protection.asked, seen.expires_at
    look = await _look(desk, seen, protection, held)
    is_late = expires is not None and expires <= desk.now() and asked.is_late(look)
    if expires is None or is_late or asked.is_over(look):
        return _known(seen, Asked().seen(look)).with_(expires_at=None, nudged_at=None)
    return _known(seen, asked.seen(look))


async def _look(desk: Desk, seen: Deployment, protection: Protection, held: Sequence[Held]) -> Look:
    jobs = dict.fromkeys(job for one in held for job in one.jobs if job)
    begun = _begun(seen)
    places = await standing.named(desk, seen, (*jobs, *begun))

    def but_others(names: Iterable[str]) -> tuple[str, ...]:
        """Those that are not known to be at somebody else's environment."""
        ours = protection.environments
        return tuple(name for name in names if name not in places or places[name] in ours)

    stand = but_others(jobs)
    sure = tuple(name for name in stand if name in places)
    return Look(held=stand, begun=but_others(begun), sure=sure)


def _begun(seen: Deployment) -> tuple[str, ...]:
    return seen.progress.begun if seen.progress else ()


def _guarded(seen: Deployment) -> Protection:
    assert seen.protection is not None, "only what GitHub holds back is held there"
    return seen.protection


def _known(seen: Deployment, asked: Asked) -> Deployment:
    return seen.with_(protection=replace(_guarded(seen), asked=asked))
