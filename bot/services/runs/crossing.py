"""Crossing: what somebody started outside, where a deployment is about to be sent."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.outside import place_of
from bot.domain.deployments.runs import RunSummary
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import NotFound
from bot.messages.deployments import outside as words
from bot.ports import Tx
from bot.services.desk import Desk
from bot.services.runs import outside
from bot.services.runs.lookouts import Lookout, lookouts, new_runs

SOONEST, LATEST = timedelta(seconds=10), timedelta(minutes=1)
"""The pause before the next look: a tenth of the time that the run has been there, within these."""


async def puts_off(
    desk: Desk, deployment: Deployment, listed: Sequence[RunSummary] | None = None
) -> bool:
    """Whether a run that somebody started works there now: then the deployment waits, and the run
    is looked at. Nothing outside holds up a rollback. `listed` are the runs of its own workflow.
    """
    if deployment.kind is Kind.ROLLBACK:
        return False
    here = (deployment.service, deployment.environment)
    watched = [one for one in lookouts(desk.config) if here in one.places and not one.branch]
    for lookout in watched:
        is_own = lookout.workflow == deployment.workflow
        runs = listed if is_own and listed is not None else await _listed(desk, lookout)
        run = await _under_way(desk, lookout, runs, here)
        if run is not None:
            await _put_off(desk, deployment, lookout, run)
            return True
    return False


async def _listed(desk: Desk, lookout: Lookout) -> tuple[RunSummary, ...]:
    try:
        return await desk.github.runs(lookout.repo, lookout.workflow, dispatched_only=False)
    except NotFound:  # not everybody has a workflow that rolls back
        return ()


async def _under_way(
    desk: Desk, lookout: Lookout, listed: Sequence[RunSummary], here: tuple[str, str]
) -> RunSummary | None:
    login = await desk.github.login()

    def read(tx: Tx) -> tuple[RunSummary, ...]:
        return new_runs(tx, lookout, listed, login)

    new = [run for run in await desk.store.read(read) if not run.is_over]
    ours = [run for run in new if place_of(run, lookout.places) == here]
    # What waits at a gate changes nothing yet, and may be for another place.
    unclear = [r for r in new if place_of(r, lookout.places) is None and r.status != "waiting"]
    return next(iter((*ours, *unclear)), None)


async def _put_off(desk: Desk, deployment: Deployment, lookout: Lookout, run: RunSummary) -> None:
    """Wait, the longer the older the run is, and look at it now: it may take the slot."""
    pause = min(max(SOONEST, (desk.now() - run.began_at) / 10), LATEST)
    is_clear = place_of(run, lookout.places) is not None
    text = words.works_there(run, () if is_clear else lookout.places)
    if deployment.state is State.CHECKING:  # with a card it can be seen, replaced and cancelled
        waiting, action = _opened(desk, deployment), "put_off"
    else:
        waiting, action = deployment, ""
    due = desk.now() + pause
    if waiting.state is State.AWAITING_APPROVAL and waiting.expires_at is not None:
        due = min(due, waiting.expires_at)
    await desk.save(deployment, waiting.with_(due_at=due, waiting_for=text), action=action)
    await outside.look(desk, lookout)


def _opened(desk: Desk, deployment: Deployment) -> Deployment:
    """It with a card, and with the time that everything has which waits for people."""
    now = desk.now()
    expires = now + desk.config.approval.expires
    return deployment.to(State.AWAITING_APPROVAL, now, expires_at=expires)
