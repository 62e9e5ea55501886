"""Stops: Stop Waiting and Stop the Run, decided inside one transaction, and the run that is
cancelled for it.
"""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Fault, Refusal
from bot.domain.people import Who
from bot.domain.rollbacks.stops import Stop, Wish
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Fate, Sight
from bot.messages.blocks import Message
from bot.messages.rollbacks import stops as messages
from bot.ports import Tx
from bot.services.deployments.decisions import load, may_decide
from bot.services.deployments.requests import as_before
from bot.services.desk import Desk, reply
from bot.services.rollbacks.keeping import keep, with_step

SOON, IN_TROUBLE = timedelta(seconds=1), timedelta(seconds=5)
"""The pause before the next look at a run that is being cancelled."""


def stop_waiting(tx: Tx, deployment_id: int, run: int, slack_id: str) -> Message:
    """Note that this run is to be cancelled; the tick does it, if it still waits then."""
    return _stop(tx, deployment_id, Stop(by=slack_id, run=run))


def stop_run(tx: Tx, deployment_id: int, run: int, slack_id: str) -> Message:
    """The same of a run that has begun its work, and hangs in it."""
    return _stop(tx, deployment_id, Stop(by=slack_id, run=run, begun=True))


def _stop(tx: Tx, deployment_id: int, stop: Stop) -> Message:
    run, slack_id = stop.run, stop.by
    deployment = load(tx, deployment_id)
    may_decide(as_before(tx, slack_id))
    places = [
        place
        for place, step in enumerate(deployment.steps)
        if step.progress is Progress.RUNNING and run == (step.works if stop.begun else step.waits)
    ]
    if deployment.state is not State.SWITCHING or not places:
        does = "work" if stop.begun else "wait"
        raise Refusal(
            "not_waiting",
            "Nothing was done: run {run} does not {does} any more. The card of {name} shows how it "
            "goes on.",
            run=run,
            does=does,
            name=deployment.name,
        )
    step = deployment.steps[places[0]]
    if step.stop is not None:
        raise Refusal(
            "stopped_already",
            "{who} has stopped run {run} already. The card shows what comes of it.",
            who=Who(step.stop.by),
            run=run,
        )
    wished = replace(step, stop=stop)
    steps = with_step(deployment, places[0], wished)
    saved = tx.save(deployment, deployment.with_(steps=steps, due_at=tx.now))
    action = "stopped_run" if stop.begun else "stopped_waiting"
    tx.audit(slack_id, action, saved.name, target=step.target, run=run)
    return messages.stopping(saved, wished)


async def keep_seen(desk: Desk, deployment: Deployment, place: int, seen: TargetStep) -> None:
    """Keep what was just seen of a step that runs; where somebody stopped waiting for it, its run
    is cancelled if it has still not begun its work.
    """
    stop, now = seen.stop, desk.now()
    if stop is None or seen.fate is not None:
        await keep(desk, deployment, place, _told(seen))
        return
    match wish := stop.wish(seen.waits, now):
        case Wish.CANCEL | Wish.FORCE:
            await _cancel(desk, deployment, place, seen, stop, wish)
        case Wish.DROP:
            said = messages.began(deployment, seen, stop)
            post = reply(desk.config, deployment, f"began-{stop.run}-{deployment.revision}", said)
            await keep(desk, deployment, place, replace(seen, stop=None), posts=(post,))
        case Wish.LOOK:
            await keep(desk, deployment, place, seen, pause=SOON)
        case Wish.GIVE_UP:
            text = f"{seen.text}, although GitHub was asked to cancel it: cancel it there"
            if stop.begun:
                text += ", or end the runner that it hangs on, before anything else"
            left = seen.ended(Sight(fate=Fate.UNKNOWN, text=text, at=now))
            await keep(desk, deployment, place, left)
        case unknown:
            assert_never(unknown)


async def _cancel(
    desk: Desk, deployment: Deployment, place: int, seen: TargetStep, stop: Stop, wish: Wish
) -> None:
    """Store that GitHub is asked, and ask it; how the run ended is for the next look to say."""
    run = seen.waits or stop.run
    asking = stop.asking(run, wish, desk.now())
    stored = await keep(desk, deployment, place, replace(seen, stop=asking), pause=SOON)
    step = stored.steps[place]
    if step.progress is Progress.ENDED:
        return
    try:
        await desk.github.cancel(deployment.repo, run, force=wish is Wish.FORCE)
    except Fault as fault:
        refused = replace(step, stop=replace(asking, trouble=fault.text))
        pause = max(IN_TROUBLE, timedelta(seconds=fault.retry_after or 0))
        await keep(desk, stored, place, refused, pause=pause)


def _told(seen: TargetStep) -> TargetStep:
    """What ended without having changed anything because somebody stopped waiting says so."""
    stop = seen.stop
    if stop is None or stop.asked_at is None or seen.fate is not Fate.FAILED_RESTORED:
        return seen
    return replace(seen, text=f"run {stop.run} was cancelled before it began its work")
