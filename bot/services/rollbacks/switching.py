"""Switching: the tick's part of a rollback over targets; one step after another, each looked for
before it is started again.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Declined, Fault, Unanswered
from bot.domain.rollbacks import switching
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Artifact, Fate
from bot.ports import Receipt, Reversing, Stale, Target, Tx
from bot.services.deployments.voiding import not_approved
from bot.services.desk import Desk, retry_in
from bot.services.gates.guards import Objection, objection_now
from bot.services.rollbacks import artifacts, claims, deadlines, settling, stops
from bot.services.rollbacks import undoing as databases
from bot.services.rollbacks.keeping import LOOK_AGAIN, keep, pause_of, with_step


async def begin(
    desk: Desk, known: Deployment, stored: Deployment, steps: tuple[TargetStep, ...]
) -> None:
    """Take up the targets of a rollback instead of a workflow; nothing, where production is closed
    by now to what undoes one. `known` is `stored` with what was learned meanwhile. Raises Stale.
    """
    names = [step.target for step in steps]
    moved = known.to(
        State.SWITCHING,
        desk.now(),
        steps=steps,
        request_id=f"{known.name}-{secrets.token_hex(4)}",
    )
    detail = {"targets": names, "commit": known.binding.commit if known.binding else ""}

    def commit_intent(tx: Tx) -> Objection | None:
        against = objection_now(tx, desk.config, known)
        if against is None:
            saved = tx.save(stored, moved)
            states = {"from": stored.state, "to": saved.state}
            tx.audit("gonogo", "switching", saved.name, **states, **detail)
        return against

    if against := await desk.store.run(commit_intent):
        await not_approved(desk, stored, against)


async def switch(desk: Desk, deployment: Deployment) -> None:
    """Bring the rollback one step further. Raises Fault as long as there is time to wait."""
    stop = desk.stops_on_failure(deployment)
    place = switching.following(deployment.steps, stop_on_failure=stop)
    if place is None:
        found = switching.outcome(deployment.steps, stop_on_failure=stop)
        await settling.settle(desk, deployment, found)
        return
    try:
        await _take(desk, deployment, place)
    except Fault as fault:
        step = deployment.steps[place]
        timed = deadlines.timed(desk, deployment, step, step)
        unread = replace(timed, text=f"Waiting for {step.target} ({fault.text})")
        is_over = unread.in_time(desk.now()) is not unread
        if is_over and deployment.failures + 1 >= deadlines.LOOKS:
            await keep(desk, deployment, place, unread)
            return
        if timed != step:
            await desk.save(deployment, deployment.with_(steps=with_step(deployment, place, timed)))
        raise


async def _take(desk: Desk, deployment: Deployment, place: int) -> None:
    step = deployment.steps[place]
    if step.command:
        await _ask_database(desk, deployment, place)
        return
    target = dict(desk.targets_of(deployment)).get(step.target)
    if target is None:
        why = "it is no longer in gonogo.yaml"
        await keep(desk, deployment, place, step.gone(why, desk.now()))
        return
    operation = step.operation(deployment.request_id or deployment.name, place)
    if step.undoes and isinstance(target, Reversing):
        await _take_back(desk, deployment, place, target, operation)
        return
    match step.progress:
        case Progress.WAITING:
            wanted = await artifacts.wanted(desk, deployment, step.target, target)
            await _begin(desk, deployment, place, lambda: target.start(wanted, operation))
        case Progress.STARTING:
            wanted = await artifacts.wanted(desk, deployment, step.target, target)
            await _find(desk, deployment, place, target, wanted, operation)
        case _:
            seen = step.seen(await target.watch(step.receipt))
            await stops.keep_seen(desk, deployment, place, seen)


async def _take_back(
    desk: Desk, deployment: Deployment, place: int, target: Reversing, operation: str
) -> None:
    """The same for a step that undoes another: the target looks first, so after a lost answer it is
    asked for again.
    """
    step = deployment.steps[place]
    if step.progress is Progress.RUNNING:
        await keep(desk, deployment, place, step.seen(await target.watch(step.receipt)))
        return
    await _begin(desk, deployment, place, lambda: target.undo(step.undoes, operation))


async def _begin(
    desk: Desk, deployment: Deployment, place: int, start: Callable[[], Awaitable[Receipt]]
) -> None:
    """Send one step, which is ours alone until its answer is stored."""
    claim = await claims.take(desk, deployment, place)
    receipt, trouble = Receipt(), None
    async with claim.renewed():
        try:
            receipt = await start()
        except Fault as fault:
            trouble = fault
    try:
        await _sent(desk, claim.deployment, place, receipt, trouble)
    except Stale:
        await claims.let_go(desk, claim.deployment)
        raise


async def _sent(
    desk: Desk, deployment: Deployment, place: int, receipt: Receipt, trouble: Fault | None
) -> None:
    """Store the answer. One that got lost is looked for at the next tick."""
    step, failures = deployment.steps[place], deployment.failures
    match trouble:
        case None:
            running = replace(step, progress=Progress.RUNNING, receipt=receipt, text="switching")
            await keep(desk, deployment, place, running)
        case Declined():
            await keep(desk, deployment, place, step.failed(trouble.text, desk.now()))
        case Unanswered():
            text = f"No clear answer ({trouble.text}); looking at the target"
            unclear = replace(step, text=text)
            await keep(desk, deployment, place, unclear, pause=LOOK_AGAIN, failures=failures)
        case _:  # nothing was sent
            text = f"Waiting for {step.target} ({trouble.text})"
            waiting = replace(step, progress=Progress.WAITING, text=text)
            await keep(
                desk,
                deployment,
                place,
                waiting,
                pause=retry_in(failures, trouble.retry_after),
                failures=failures + 1,
                is_known=failures + 1 >= deadlines.LOOKS,
            )


async def _find(
    desk: Desk,
    deployment: Deployment,
    place: int,
    target: Target,
    wanted: Artifact,
    operation: str,
) -> None:
    """After a lost answer or a restart: what became of it, by the target's own account."""
    step = deployment.steps[place]
    receipt, sight = await target.resolve_unknown(wanted, operation)
    if not receipt and sight.fate is not None:  # it never began: once more, the first time at once
        waiting, failures = replace(step, progress=Progress.WAITING, text=""), deployment.failures
        pause = retry_in(failures - 1, None) if failures else timedelta(0)
        await keep(desk, deployment, place, waiting, pause=pause, failures=failures + 1)
        return
    found = replace(step, receipt=receipt).seen(sight) if receipt else step
    await keep(desk, deployment, place, found, pause=pause_of(step, desk.now()))


async def _ask_database(desk: Desk, deployment: Deployment, place: int) -> None:
    """The same for a step that is taken at the database; a way down is carried out once, whatever
    becomes of the answer.
    """
    step, now = deployment.steps[place], desk.now()
    run = await databases.step(desk, deployment, step)
    operation = f"{deployment.request_id}-{place + 1}-{step.attempt}"
    if run is None:
        why = "what asks the database is no longer in gonogo.yaml"
        await keep(desk, deployment, place, step.gone(why, now))
        return
    match step.progress:
        case Progress.WAITING:
            await _begin(desk, deployment, place, lambda: run.start(operation))
        case Progress.STARTING:
            receipt, sight = await run.find(operation, step.began_at or now)
            if not receipt and sight.fate is Fate.FAILED_RESTORED:  # it never began, and will not
                await keep(desk, deployment, place, replace(step, progress=Progress.WAITING))
                return
            lost = sight.fate is Fate.UNKNOWN
            found = replace(step, receipt=receipt, progress=Progress.RUNNING) if receipt else step
            seen = found.ended(sight) if lost else found.seen(sight) if receipt else found
            await keep(desk, deployment, place, seen, pause=pause_of(step, now))
        case _:
            sight = await run.watch(step.receipt, step.began_at)
            lost = sight.fate is Fate.UNKNOWN
            seen = step.ended(sight) if lost else step.seen(sight)
            await stops.keep_seen(desk, deployment, place, seen)
