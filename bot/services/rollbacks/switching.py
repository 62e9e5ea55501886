"""Switching: the tick's part of a rollback over targets; one step after another, each looked for
before it is started again.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.deployments.validation import Validation
from bot.domain.errors import Declined, Fault, Unanswered
from bot.domain.rollbacks import switching, undoing
from bot.domain.rollbacks.switching import Outcome, Progress, TargetStep
from bot.domain.rollbacks.targets import Artifact, Fate
from bot.messages.deployments import announcements, tails
from bot.ports import Receipt, Reversing, Stale, Target, Tx
from bot.services.desk import Desk, announce, reply, retry_in
from bot.services.rollbacks import claims, deadlines
from bot.services.rollbacks import undoing as databases

log = structlog.get_logger()

LOOK_SOON, LOOK_AGAIN = timedelta(seconds=0.25), timedelta(seconds=0.5)
LOOK_LATER, LOOK_AT_DATABASE = timedelta(seconds=5), timedelta(seconds=15)
"""The longest pauses between two looks at a step that goes on: a quarter of the time that it has
taken, so that its end is seen soon and long ones are not asked for all the time.
"""


async def begin(desk: Desk, deployment: Deployment, steps: tuple[TargetStep, ...]) -> None:
    """Take up the targets of a rollback instead of a workflow."""
    names = [step.target for step in steps]
    moved = deployment.to(
        State.SWITCHING,
        desk.now(),
        steps=steps,
        request_id=f"{deployment.name}-{secrets.token_hex(4)}",
    )
    await desk.save(deployment, moved, action="switching", detail={"targets": names})


async def switch(desk: Desk, deployment: Deployment) -> None:
    """Bring the rollback one step further. Raises Fault as long as there is time to wait."""
    stop = desk.stops_on_failure(deployment)
    place = switching.following(deployment.steps, stop_on_failure=stop)
    if place is None:
        await _settle(desk, deployment, switching.outcome(deployment.steps, stop_on_failure=stop))
        return
    try:
        await _take(desk, deployment, place)
    except Fault as fault:
        step = deployment.steps[place]
        timed = deadlines.timed(desk, deployment, step, step)
        unread = replace(timed, text=f"Waiting for {step.target} ({fault.text})")
        is_over = unread.in_time(desk.now()) is not unread
        if is_over and deployment.failures + 1 >= deadlines.LOOKS:
            await _keep(desk, deployment, place, unread)
            return
        if timed != step:
            await desk.save(deployment, deployment.with_(steps=_with(deployment, place, timed)))
        raise


async def _take(desk: Desk, deployment: Deployment, place: int) -> None:
    step = deployment.steps[place]
    if step.command:
        await _ask_database(desk, deployment, place)
        return
    target = dict(desk.targets_of(deployment)).get(step.target)
    if target is None:
        why = "it is no longer in gonogo.yaml"
        await _keep(desk, deployment, place, step.gone(why, desk.now()))
        return
    operation = step.operation(deployment.request_id or deployment.name, place)
    if step.undoes and isinstance(target, Reversing):
        await _take_back(desk, deployment, place, target, operation)
        return
    match step.progress:
        case Progress.WAITING:
            wanted = await _wanted(desk, deployment, step.target, target)
            await _begin(desk, deployment, place, lambda: target.start(wanted, operation))
        case Progress.STARTING:
            wanted = await _wanted(desk, deployment, step.target, target)
            await _find(desk, deployment, place, target, wanted, operation)
        case _:
            seen = step.seen(await target.watch(step.receipt))
            await _keep(desk, deployment, place, seen)


async def _take_back(
    desk: Desk, deployment: Deployment, place: int, target: Reversing, operation: str
) -> None:
    """The same for a step that undoes another: the target looks first, so after a lost answer it is
    asked for again.
    """
    step = deployment.steps[place]
    if step.progress is Progress.RUNNING:
        await _keep(desk, deployment, place, step.seen(await target.watch(step.receipt)))
        return
    await _begin(desk, deployment, place, lambda: target.undo(step.undoes, operation))


async def _begin(
    desk: Desk, deployment: Deployment, place: int, start: Callable[[], Awaitable[Receipt]]
) -> None:
    """Send one step, which is ours alone until its answer is stored."""
    taken = await claims.take(desk, deployment, place)
    try:
        await _send(desk, taken, place, start)
    except Stale:
        await claims.let_go(desk, taken)
        raise


async def _send(
    desk: Desk, deployment: Deployment, place: int, start: Callable[[], Awaitable[Receipt]]
) -> None:
    """Send one step. An answer that got lost is looked for at the next tick."""
    step = deployment.steps[place]
    try:
        receipt = await start()
    except Declined as no:
        await _keep(desk, deployment, place, step.failed(no.text, desk.now()))
    except Unanswered as lost:
        text = f"No clear answer ({lost.text}); looking at the target"
        await _keep(desk, deployment, place, replace(step, text=text), pause=LOOK_AGAIN)
    except Fault as fault:  # nothing was sent
        text = f"Waiting for {step.target} ({fault.text})"
        pause = retry_in(deployment.failures, fault.retry_after)
        waiting = replace(step, progress=Progress.WAITING, text=text)
        await _keep(desk, deployment, place, waiting, pause=pause, failures=deployment.failures + 1)
    else:
        running = replace(step, progress=Progress.RUNNING, receipt=receipt, text="switching")
        await _keep(desk, deployment, place, running)


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
    if not receipt and sight.fate is not None:  # it never began
        await _keep(desk, deployment, place, replace(step, progress=Progress.WAITING, text=""))
        return
    found = replace(step, receipt=receipt) if receipt else step
    await _keep(desk, deployment, place, found.seen(sight) if receipt else found, pause=LOOK_AGAIN)


async def _ask_database(desk: Desk, deployment: Deployment, place: int) -> None:
    """The same for a step that is taken at the database; a way down is carried out once, whatever
    becomes of the answer.
    """
    step, now = deployment.steps[place], desk.now()
    run = await databases.step(desk, deployment, step)
    operation = f"{deployment.request_id}-{place + 1}-{step.attempt}"
    if run is None:
        why = "what asks the database is no longer in gonogo.yaml"
        await _keep(desk, deployment, place, step.gone(why, now))
        return
    match step.progress:
        case Progress.WAITING:
            await _begin(desk, deployment, place, lambda: run.start(operation))
        case Progress.STARTING:
            receipt, sight = await run.find(operation, step.began_at or now)
            if not receipt and sight.fate is Fate.FAILED_RESTORED:  # it never began, and will not
                await _keep(desk, deployment, place, replace(step, progress=Progress.WAITING))
                return
            lost = sight.fate is Fate.UNKNOWN
            found = replace(step, receipt=receipt, progress=Progress.RUNNING) if receipt else step
            seen = found.ended(sight) if lost else found.seen(sight) if receipt else found
            await _keep(desk, deployment, place, seen, pause=LOOK_AGAIN)
        case _:
            sight = await run.watch(step.receipt, step.began_at)
            lost = sight.fate is Fate.UNKNOWN
            seen = step.ended(sight) if lost else step.seen(sight)
            await _keep(desk, deployment, place, seen)


async def _keep(
    desk: Desk,
    deployment: Deployment,
    place: int,
    step: TargetStep,
    *,
    pause: timedelta | None = None,
    failures: int = 0,
) -> Deployment:
    """Store one step, ended where its time is over."""
    now = desk.now()
    step = deadlines.timed(desk, deployment, deployment.steps[place], step).in_time(now)
    steps = _with(deployment, place, step)
    if step.awaited_until is None:
        pause = timedelta(0)
    elif pause is not None:
        pause = min(pause, step.awaited_until - now)
    else:
        pause = _pause(step, now) if step.progress is Progress.RUNNING else timedelta(0)
    kept = deployment.with_(steps=steps, due_at=now + pause, failures=failures, waiting_for="")
    ended = step.progress is Progress.ENDED
    saved = await desk.save(
        deployment,
        kept,
        action="target_ended" if ended else "",
        detail={"target": step.target, "fate": step.fate, "why": step.text},
    )
    desk.wake_after(pause)
    return saved


def _with(deployment: Deployment, place: int, step: TargetStep) -> tuple[TargetStep, ...]:
    return (*deployment.steps[:place], step, *deployment.steps[place + 1 :])


def _pause(step: TargetStep, now: datetime) -> timedelta:
    longest = LOOK_AT_DATABASE if step.command else LOOK_LATER
    taken = now - step.began_at if step.began_at else timedelta(0)
    return min(max(taken / 4, LOOK_SOON), longest)


async def _settle(desk: Desk, deployment: Deployment, found: Outcome) -> None:
    now = desk.now()
    if found is Outcome.SWITCHED and all(step.command for step in deployment.steps):
        moved = deployment.to(State.APPROVED, now)  # the code follows, by its workflow
        await desk.save(deployment, moved, action="database_taken_back")
        return
    if found is Outcome.SWITCHED:
        readings = switching.readings(deployment.steps)
        started = Validation(started_at=now, deployed_at=now, readings=readings)
        moved = deployment.to(State.VALIDATING, now, validation=started)
        await desk.save(deployment, moved, action="switched")
        return
    notice, wish = _told(deployment.steps, found), deployment.undoing
    half = undoing.left_half(wish, half=not undoing.is_untouched(deployment.steps))
    bad = deployment.to(State.DEGRADED, now, notice=notice, undoing=half)
    word = f"partial-{deployment.revision}"
    post = announce(desk.config, bad, word, announcements.failed(bad))
    logs = [
        reply(
            desk.config,
            bad,
            f"{word}-{step.target}",
            tails.output(step.target, step.output, asked=bool(step.command)),
        )
        for step in deployment.steps
        if step.output and step.fate is not Fate.SUCCEEDED
    ]
    posts = (post, *logs)
    await desk.save(deployment, bad, action="not_switched", posts=posts, detail={"why": notice})


def _told(steps: Sequence[TargetStep], found: Outcome) -> str:
    each = "; ".join(f"{step.target}: {step.text or 'not begun'}" for step in steps)
    head = "PARTIAL: production is mixed" if found is Outcome.MIXED else "Nothing was switched"
    return f"{head}. {each}"


async def _wanted(desk: Desk, deployment: Deployment, name: str, target: Target) -> Artifact:
    """What the target ran when that version was good there; where nobody knows, what the target
    itself finds of that version.
    """

    def read(tx: Tx) -> str:
        earlier = tx.history(deployment.service, deployment.environment, limit=200)
        ran = (d.ran.get(name, "") for d in earlier if d.version == deployment.version)
        return next(filter(None, ran), "")

    known = await desk.store.read(read)
    commit = deployment.binding.commit if deployment.binding else None
    wanted = Artifact(id=known, version=deployment.version, commit=commit)
    if known:
        return wanted
    return (await target.plan(wanted)).wanted or wanted


async def look(desk: Desk, deployment: Deployment) -> dict[str, str]:
    """What each target runs now, by its own name for it; one that does not answer is left out."""
    found: dict[str, str] = {}
    for name, target in desk.targets_of(deployment):
        try:
            current = await target.current()
        except Fault as fault:
            log.warning("target_not_read", target=name, error=fault.text)
            continue
        if current is not None:
            found[name] = current.id
    return found
