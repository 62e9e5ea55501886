"""Twins: second runs of one request, stopped beside the run that is followed; they hold up
nothing.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from bot.config import Config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Dispatch, RunSummary
from bot.domain.deployments.twins import Twin
from bot.domain.errors import Fault, NotFound
from bot.messages.deployments import twins as words
from bot.ports import Post, Tx
from bot.services.desk import Desk, reply

FORCE_AFTER = timedelta(minutes=5)
"""A twin that still goes on so long after it was to be stopped is stopped with force."""


def noted(intent: Dispatch, runs: Collection[RunSummary], *latest: Twin) -> Dispatch:
    """The intent with those of these runs as twins that have not ended; the `latest` may not be
    listed yet.
    """
    going = [Twin(run_id=run.id, url=run.url) for run in runs if not run.is_over]
    listed = {run.id for run in runs}
    return replace(intent, twins=(*going, *(one for one in latest if one.run_id not in listed)))


def found(config: Config, deployment: Deployment) -> tuple[Post, ...]:
    """What is said of them when the run is adopted."""
    twins = deployment.dispatch.twins if deployment.dispatch else ()
    return tuple(
        reply(config, deployment, f"twin-{twin.run_id}", words.found(deployment, twin))
        for twin in twins
    )


async def stop(desk: Desk, deployment: Deployment) -> Deployment:
    """Ask GitHub to stop those that still go on; the deployment as it is then stored."""
    intent = deployment.dispatch
    if intent is None or not intent.twins:
        return deployment
    left, posts = [], []
    for twin in intent.twins:
        seen, how = await _stopped(desk, deployment, twin)
        if seen is not None:
            left.append(seen)
            continue
        said = words.ended(deployment, twin, how)
        posts.append(reply(desk.config, deployment, f"twin-{twin.run_id}-ended", said))
    if tuple(left) == intent.twins:
        return deployment
    known = deployment.with_(dispatch=replace(intent, twins=tuple(left)))
    action = "twin_ended" if posts else ""
    return await desk.save(deployment, known, action=action, posts=tuple(posts))


async def _stopped(desk: Desk, deployment: Deployment, twin: Twin) -> tuple[Twin | None, str]:
    """The twin as it is now; None, and how it ended, once it has."""
    asked_at = twin.asked_at or desk.now()
    try:
        run, _ = await desk.github.run(deployment.repo, twin.run_id)
        if run.is_over:
            return None, run.conclusion or ""
        force = desk.now() - asked_at >= FORCE_AFTER
        await desk.github.cancel(deployment.repo, twin.run_id, force=force)
    except NotFound:
        return None, "no longer to be seen at GitHub"
    except Fault as fault:
        return replace(twin, asked_at=asked_at, trouble=fault.text), ""
    return replace(twin, asked_at=asked_at, trouble=""), ""


def follow(config: Config, tx: Tx, old: Deployment, new: Deployment) -> None:
    """Say of each that still goes on when its deployment ends: nobody looks at it any more."""
    if not new.is_terminal or old.is_terminal or new.dispatch is None:
        return
    for twin in new.dispatch.twins:
        said = words.goes_on(new, twin)
        tx.post(reply(config, new, f"twin-{twin.run_id}-goes-on", said))
