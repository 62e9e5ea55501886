"""Stopping: second runs of a request are looked for, and stopped, beside the run that is followed,
which waits for nothing of it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Dispatch
from bot.domain.deployments.twins import Twin, Wish
from bot.domain.errors import Fault, NotFound
from bot.messages.deployments import twins as words
from bot.ports import Stale, Tx
from bot.services.desk import Desk, reply
from bot.services.runs import twins
from bot.services.runs.finding import candidates

log = structlog.get_logger()

AT_FIRST, LATER, IN_TROUBLE = timedelta(seconds=3), timedelta(seconds=10), timedelta(seconds=15)
"""The pause before the next look: after GitHub was asked to stop one, in general, and where it did
not answer as it should.
"""

LOST_AFTER = timedelta(seconds=60)
"""Whoever took a look and said nothing by then is gone."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """A twin as it was seen: how it ended, None while it goes on, and when to look again."""

    twin: Twin
    pause: timedelta = LATER
    ended: str | None = None


async def look(desk: Desk, deployment_id: int) -> None:
    """Look for more of them while there may be, and at each. What is to be stopped does not wait
    where GitHub's limit runs low.
    """
    deployment = await desk.store.run(lambda tx: _claim(tx, deployment_id))
    if deployment is None or deployment.dispatch is None:
        return
    with desk.github.urgently():
        more, pause = await _more(desk, deployment, deployment.dispatch)
        known = (*deployment.dispatch.twins, *more)
        seen = await asyncio.gather(*(_see(desk, deployment, twin) for twin in known))
    pauses = [pause, *(sight.pause for sight in seen)]
    longest = max(pauses)
    is_kept = await _keep(desk, deployment_id, more, seen)
    due = desk.now() + (longest if longest > LATER else min(pauses)) if is_kept else desk.now()
    await desk.store.run(lambda tx: _look_again(tx, deployment_id, due))


def _claim(tx: Tx, deployment_id: int) -> Deployment | None:
    """Nobody else does it meanwhile; None when there is nothing to do now, or no more at all."""
    deployment, due = tx.deployment(deployment_id), tx.twin_look(deployment_id)
    if deployment is None or due is None or tx.now < due:
        return None
    intent = deployment.dispatch
    is_over = deployment.is_terminal or intent is None
    if is_over or (intent and not intent.twins and not intent.may_have_twins(tx.now)):
        tx.set_twin_look(deployment_id, None)
        return None
    tx.set_twin_look(deployment_id, tx.now + LOST_AFTER)
    return deployment


def _look_again(tx: Tx, deployment_id: int, due: datetime) -> None:
    if tx.twin_look(deployment_id) is not None:  # else it ended meanwhile
        tx.set_twin_look(deployment_id, due)


async def _more(
    desk: Desk, deployment: Deployment, intent: Dispatch
) -> tuple[tuple[Twin, ...], timedelta]:
    """Those that turn up now, because runs are listed late. Where the workflow has its guard the
    earliest run is the one that deploys, and is not stopped.
    """
    first = deployment.run_id
    if first is None or not intent.may_have_twins(desk.now()):
        return (), LATER
    try:
        listed = await candidates(desk, deployment, intent)
    except Fault as fault:
        log.warning("twins_not_listed", deployment=deployment.name, error=fault.text)
        return (), _pause(fault)
    known = {first, *(twin.run_id for twin in intent.twins)}
    new = (run for run in listed if run.id not in known and not run.is_over)
    late = (run for run in new if run.id > first or not intent.guarded)
    return tuple(Twin(run_id=run.id, url=run.url) for run in late), LATER


async def _see(desk: Desk, deployment: Deployment, twin: Twin) -> _Sight:
    """Look at it, and have it stopped where that is due: once, and once with force."""
    try:
        run, _ = await desk.github.run(deployment.repo, twin.run_id)
        if run.is_over:
            return _Sight(twin, ended=run.conclusion or "")
        wish = twin.wish(desk.now())
        if wish is Wish.NOTHING:
            return _Sight(replace(twin, trouble=""), LATER * desk.github.slowness())
        await desk.github.cancel(deployment.repo, twin.run_id, force=wish is Wish.FORCE)
    except NotFound:
        return _Sight(replace(twin, trouble="GitHub does not show it"), IN_TROUBLE)
    except Fault as fault:
        return _Sight(replace(twin, trouble=fault.text), _pause(fault))
    return _Sight(twin.taken(wish, desk.now()), AT_FIRST)


def _pause(fault: Fault) -> timedelta:
    """Never less than GitHub said."""
    return max(IN_TROUBLE, timedelta(seconds=fault.retry_after or 0))


async def _keep(
    desk: Desk, deployment_id: int, more: Sequence[Twin], seen: Sequence[_Sight]
) -> bool:
    """Store what was seen with the deployment as it is by now; whether that could be."""
    now = await desk.store.read(lambda tx: tx.deployment(deployment_id))
    if now is None or now.dispatch is None or now.is_terminal:
        return True
    sights = {sight.twin.run_id: sight for sight in seen}
    known = [twin for twin in (*now.dispatch.twins, *more) if twin.run_id != now.run_id]
    going = [one for one in known if one.run_id not in sights or sights[one.run_id].ended is None]
    left = tuple(sights[one.run_id].twin if one.run_id in sights else one for one in going)
    met = now.with_(dispatch=replace(now.dispatch, twins=(*now.dispatch.twins, *more)))
    posts = list(twins.found(desk.config, met)) if more else []
    for twin in known:
        if twin not in going:
            said = words.ended(now, twin, sights[twin.run_id].ended or "")
            posts.append(reply(desk.config, now, f"twin-{twin.run_id}-ended", said))
    if left == now.dispatch.twins and not posts:
        return True
    action = "twin_found" if more else "twin_ended" if len(left) < len(known) else ""
    after = now.with_(dispatch=replace(now.dispatch, twins=left))
    try:
        await desk.save(now, after, action=action, posts=tuple(posts))
    except Stale:
        return False
    return True
