"""Watching: a run at GitHub from its first job to its end, or to the end somebody asked for."""

from datetime import datetime, timedelta

import structlog

from bot.domain.deployments import aborts
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import GIVE_UP_SEARCH, Dispatch, Progress, failure_of
from bot.domain.deployments.states import State
from bot.domain.deployments.steps import cannot_wait
from bot.domain.errors import Fault, NotFound
from bot.domain.rollbacks import undoing
from bot.domain.rollbacks.rescue import Rescue
from bot.messages.deployments import aborts as words
from bot.messages.deployments import announcements
from bot.ports import Tx
from bot.services.deployments import merging, proving
from bot.services.desk import Desk, announce, retry_in
from bot.services.rollbacks import half_back, rescuing
from bot.services.runs import answering, comparing, gate_watch, rejections, telling, twins
from bot.services.runs.finding import candidates, needs_attention

log = structlog.get_logger()

MERGE_PACE = timedelta(seconds=15)
TWIN_PACE = timedelta(seconds=10)
AT_ONCE = timedelta(seconds=1)


async def watch_run(desk: Desk, deployment: Deployment) -> None:
    """Read the run once and move on when it has ended."""
    if deployment.run_id is None:
        await needs_attention(desk, deployment, "It has no run.")
        return
    asked_at = desk.now()
    try:
        summary, progress = await desk.github.run(deployment.repo, deployment.run_id)
    except NotFound:
        why = f"Run {deployment.run_id} is no longer to be seen at GitHub. Look there, then decide."
        await needs_attention(desk, deployment, why)
        return
    seen = deployment.with_(
        progress=progress,
        run_attempt=summary.attempt,
        run_url=summary.url,
        failures=0,
        waiting_for="",
    )
    seen = await comparing.compared(desk, seen, summary)
    if await comparing.stopped(desk, deployment, seen):
        return
    if await gate_watch.look(desk, deployment, seen):
        return
    if progress.status == "waiting" and seen.protection is None:
        text = "The run waits at a gate of GitHub's that is not mine to answer: look there"
        seen = seen.with_(waiting_for=text)
    if progress.is_over:
        await _ended(desk, deployment, seen)
        return
    pause = await _pause(desk, deployment, progress, asked_at)
    if deployment.state is State.ABORTING:
        await _stop(desk, deployment, aborts.clock_kept(seen, desk.now()), pause)
        return
    await desk.save(deployment, seen.with_(due_at=desk.now() + pause))


async def _stop(desk: Desk, deployment: Deployment, seen: Deployment, pause: timedelta) -> None:
    """Ask GitHub to stop the run that goes on; after a while it is a person's to look at."""
    refused = ""
    try:
        seen = await _ask_to_stop(desk, seen)
    except Fault as fault:
        refused = fault.text
        seen, pause = _not_stopped(deployment, seen, fault, pause)
    seen = seen.with_(due_at=desk.now() + pause)
    if not aborts.hangs(seen, desk.now()):
        await desk.save(deployment, seen)
        return
    hanging = seen.with_(notice=words.hangs(seen, refused))
    alert = announce(desk.config, hanging, f"hangs-{seen.run_id}", announcements.attention(hanging))
    await desk.save(deployment, hanging, action="run_hangs", posts=(alert,))


async def _ask_to_stop(desk: Desk, seen: Deployment) -> Deployment:
    """Ask GitHub once to stop the run, and with force when it goes on all the same."""
    wish = aborts.wish(seen, desk.now())
    if wish is aborts.Wish.LOOK or seen.run_id is None:
        return seen
    is_forced = wish is aborts.Wish.FORCE
    if is_forced or not await _reject(desk, seen):
        await desk.github.cancel(seen.repo, seen.run_id, force=is_forced)
    return seen.with_(abort_asked_at=desk.now())


def _not_stopped(
    before: Deployment, seen: Deployment, fault: Fault, pause: timedelta
) -> tuple[Deployment, timedelta]:
    """GitHub did not take it: it is asked once more soon, then with every look; but not before the
    time that it names.
    """
    seen = seen.with_(waiting_for=f"GitHub does not stop the run: {fault.text}")
    if fault.retry_after is not None:
        again = retry_in(before.failures, fault.retry_after)
        return seen.with_(failures=before.failures + 1), again
    return seen, pause if before.waiting_for else min(pause, retry_in(0, None))


async def _reject(desk: Desk, seen: Deployment) -> bool:
    """Pass a rejection on to GitHub's gate, so that its reason stands there, too."""
    if seen.ends_as is not State.REJECTED:
        return False
    try:
        await answering.reject(desk, seen)
    except Fault as fault:
        log.warning("not_rejected_at_github", deployment=seen.id, error=fault.text)
        return False
    return True


async def _ended(desk: Desk, deployment: Deployment, seen: Deployment) -> None:
    progress = seen.progress or Progress(status="completed")
    failure = failure_of(progress, desk.deploy_job(deployment))
    if failure and seen.dispatch and seen.dispatch.may_be_two:
        await _look_for_twin(desk, deployment, seen, seen.dispatch, failure)
        return
    is_whole = not seen.is_merge and not undoing.was_begun(seen.steps)
    if failure and is_whole and await rejections.turned_away(desk, deployment, seen):
        return
    if deployment.rescue is not None:
        await _rescued(desk, deployment, seen, deployment.rescue, failure)
    elif failure is None:
        started = await proving.begin(desk, seen)
        going_on = {"validation": started, "ending": None, "ends_as": None}
        moved = seen.to(State.VALIDATING, desk.now(), **going_on)
        await desk.save(deployment, moved, action="run_succeeded")
    elif await _is_half_back(desk, seen):
        how = "Stopped while running" if deployment.state is State.ABORTING else "The run ended"
        why = await rejections.why(desk, deployment, seen) or f"{how}: {failure}"
        touched = progress.has_begun(desk.deploy_job(seen) or "")
        bad, alert = half_back.left_to_a_person(desk.config, seen, desk.now(), why, touched=touched)
        await desk.save(deployment, bad, action="half_back", posts=(alert,), detail={"why": why})
    elif deployment.state is State.ABORTING and seen.ends_as is not None:
        live_at = await proving.live_since(desk, seen)
        ended = seen.to(seen.ends_as, desk.now(), ends_as=None, live_at=live_at)
        await desk.save(deployment, ended, action="stopped", detail={"why": failure})
    elif deployment.state is State.ABORTING:
        ended = seen.end(
            State.CANCELLED,
            desk.now(),
            "aborted",
            f"Stopped while running: {failure}. Check production.",
            live_at=await proving.live_since(desk, seen),
        )
        await desk.save(deployment, ended, action="aborted")
    else:
        ended = seen.end(
            State.FAILED,
            desk.now(),
            "run_failed",
            failure[0].upper() + failure[1:],
            live_at=await proving.live_since(desk, seen),
        )
        post = announce(desk.config, ended, "failed", announcements.failed(ended))
        posts = merging.posts(desk, ended) if ended.is_merge else (post,)
        await desk.save(deployment, ended, action="failed", posts=posts, detail={"why": failure})


async def _is_half_back(desk: Desk, seen: Deployment) -> bool:
    """Whether the database was taken back before a run that did not bring the code."""
    return undoing.was_begun(seen.steps) and await proving.live_since(desk, seen) is None


async def _rescued(
    desk: Desk, deployment: Deployment, seen: Deployment, wish: Rescue, failure: str | None
) -> None:
    """The run has ended, however it did: the rollback that waited for that begins."""
    how = failure or "the run had succeeded already"
    text = f"Stopped for a rollback to {wish.version}: {how}"
    state = State.CANCELLED if failure else State.FAILED
    ended = seen.end(
        state,
        desk.now(),
        "aborted",
        text,
        by=wish.by,
        live_at=await proving.live_since(desk, seen),
    )
    await rescuing.end(desk, deployment, ended, "aborted", why=how)


async def _look_for_twin(
    desk: Desk, deployment: Deployment, seen: Deployment, intent: Dispatch, failure: str
) -> None:
    """After more than one POST a run that did nothing may be the twin of the one that deploys. A
    rollback that waits for its end needs to know no more than that none of them goes on.
    """
    now, wish = desk.now(), seen.rescue
    found = await candidates(desk, seen, intent) if intent.carries_id or wish else ()
    first = found[0] if found and intent.carries_id else None
    if first is not None and seen.run_id is not None and first.id < seen.run_id:
        followed = seen.with_(
            run_id=first.id,
            run_url=first.url,
            progress=None,
            abort_since=now,
            abort_asked_at=None,
            dispatch=twins.without(intent, first.id),
            notice="",
            due_at=now,
        )
        await desk.save(deployment, followed, action="run_adopted", detail={"run_id": first.id})
    elif wish is not None and all(run.is_over or run.id == seen.run_id for run in found):
        await _rescued(desk, deployment, seen, wish, failure)
    elif now - intent.sent_at < GIVE_UP_SEARCH:
        text = (
            f"{failure[0].upper()}{failure[1:]}. An earlier run may have done it; looking for it."
        )
        await desk.save(deployment, seen.with_(due_at=now + TWIN_PACE, waiting_for=text))
    else:
        await needs_attention(desk, deployment, f"After more than one attempt {failure}.", now=seen)


async def _pause(
    desk: Desk, deployment: Deployment, progress: Progress, asked_at: datetime
) -> timedelta:
    """The pause before the next look. Where webhooks of the repository come in, they tell of each
    job; then looking is for the steps of a job, and for the case that a webhook is lost, which is
    too late for what cannot wait. One that came since `asked_at` may know more than the answer did.
    Nobody watches a merge.
    """
    now, intent = desk.now(), deployment.dispatch
    age = now - progress.started_at if progress.started_at else timedelta(0)
    since = intent.sent_at if intent else deployment.requested_at

    def heard(tx: Tx) -> tuple[bool, bool]:
        repo = deployment.repo
        return telling.of_steps(tx, repo, since), telling.of_news(tx, repo, asked_at)

    told, is_news = await desk.store.read(heard)
    if is_news:
        return AT_ONCE
    if cannot_wait(deployment):
        return _pace(age, told=False)
    pause = MERGE_PACE if deployment.is_merge and not told else _pace(age, told=told)
    return pause * desk.github.slowness()


def _pace(age: timedelta, *, told: bool) -> timedelta:
    """Short while people watch, then longer."""
    if told:
        return timedelta(seconds=30 if age < timedelta(minutes=1) else 120)
    if age < timedelta(minutes=1):
        return timedelta(seconds=3)
    return timedelta(seconds=10 if age < timedelta(minutes=10) else 30)
