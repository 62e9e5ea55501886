"""Twins: second runs of one request, noted and told of beside the run that is followed."""

from collections.abc import Collection
from dataclasses import replace

from bot.config import Config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Dispatch, RunSummary
from bot.domain.deployments.twins import Twin
from bot.messages.deployments import twins as words
from bot.ports import Post, Tx
from bot.services.desk import reply


def noted(intent: Dispatch, runs: Collection[RunSummary], *latest: Twin) -> Dispatch:
    """The intent with those of these runs as twins that have not ended; the `latest` may not be
    listed yet.
    """
    going = [Twin(run_id=run.id, url=run.url) for run in runs if not run.is_over]
    listed = {run.id for run in runs}
    return replace(intent, twins=(*going, *(one for one in latest if one.run_id not in listed)))


def without(intent: Dispatch, run_id: int) -> Dispatch:
    """The intent when another run is followed, which may have been a twin before."""
    left = tuple(one for one in intent.twins if one.run_id != run_id)
    return replace(intent, twins=left, ran="")


def found(config: Config, deployment: Deployment) -> tuple[Post, ...]:
    """What is said of them when they turn up, once of each."""
    twins = deployment.dispatch.twins if deployment.dispatch else ()
    return tuple(
        reply(config, deployment, f"twin-{twin.run_id}", words.found(deployment, twin))
        for twin in twins
    )


def follow(config: Config, tx: Tx, old: Deployment, new: Deployment) -> None:
    """Have them looked at from the time when a run is followed; of each that still goes on when its
    deployment ends it is said that nobody looks at it any more.
    """
    if new.dispatch is None or old.is_terminal:
        return
    if new.is_terminal:
        tx.set_twin_look(new.id, None)
        for twin in new.dispatch.twins:
            said = words.goes_on(new, twin)
            tx.post(reply(config, new, f"twin-{twin.run_id}-goes-on", said))
        return
    is_followed = new.run_id not in (None, old.run_id)
    if is_followed and (new.dispatch.twins or new.dispatch.may_have_twins(tx.now)):
        tx.set_twin_look(new.id, tx.now)
