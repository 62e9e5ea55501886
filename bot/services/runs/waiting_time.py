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


async def waits_on(
    desk: Desk, before: Deployment, seen: Deployment, held: Sequence[Held]
) -> tuple[Deployment, bool]:
    """The deployment whose run waited at its gate `before` and is `held` now, and whether it just
    waits on; not where a job was let in, or it has come to another gate.
    """
    asked, begun = await _asked(desk, before), _begun(seen)
    if asked.jobs and not asked.let_in(begun):  # whose the others are is nothing to it
        return _known(seen, asked.seen(Look(begun=begun))), True
    look = await _look(desk, seen, _jobs(held))
    if asked.is_over(look):
        return seen, False
    return _known(seen, asked.seen(look)), not asked.has_news(look)


async def at_gate(
    desk: Desk, before: Deployment, seen: Deployment, held: Sequence[Held]
) -> Deployment:
    """The deployment whose run has come to a gate and is `held` there, with what its approvers are
    asked about; without an end of its waiting time where that is to begin.

    That is at another gate than before, and where the time ended while the run went on, so that
    nobody could answer.
    """
    look = await _look(desk, seen, _jobs(held))
    begins = _known(seen, Asked().seen(look)).with_(expires_at=None, nudged_at=None)
    if seen.expires_at is None:
        return begins
    asked = await _asked(desk, before)
    # Where it was not kept what had begun by then, any of it may have begun since.
    may_be_late = _guarded(before).asked is None or asked.is_late(look)
    if asked.is_over(look) or (may_be_late and seen.expires_at <= desk.now()):
        return begins
    return _known(seen, asked.seen(look))


async def _asked(desk: Desk, before: Deployment) -> Asked:
    """The gate that its approvers were asked about; where that was not kept, the one at which its
    run was seen last.
    """
    asked = _guarded(before).asked
    if asked is None:
        stood = before.progress.waiting if before.progress else ()
        asked = Asked().seen(await _look(desk, before, stood))
    return asked


async def _look(desk: Desk, seen: Deployment, stand: Iterable[str]) -> Look:
    jobs = dict.fromkeys(stand)
    begun = _begun(seen)
    places = await standing.named(desk, seen, (*jobs, *begun))

    def but_others(names: Iterable[str]) -> tuple[str, ...]:
        """Those that are not known to be at somebody else's environment."""
        ours = _guarded(seen).environments
        return tuple(name for name in names if name not in places or places[name] in ours)

    held = but_others(jobs)
    sure = tuple(name for name in held if name in places)
    return Look(held=held, begun=but_others(begun), sure=sure)


def _jobs(held: Sequence[Held]) -> Iterable[str]:
    return (job for one in held for job in one.jobs if job)


def _begun(seen: Deployment) -> tuple[str, ...]:
    return seen.progress.begun if seen.progress else ()


def _guarded(seen: Deployment) -> Protection:
    assert seen.protection is not None, "only what GitHub holds back is held there"
    return seen.protection


def _known(seen: Deployment, asked: Asked) -> Deployment:
    return seen.with_(protection=replace(_guarded(seen), asked=asked))
