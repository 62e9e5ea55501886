"""Gate watch: the run of a deployment before its gate at GitHub, at it, and past it."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.approvals import approvals
from bot.domain.approvals.protection import ANSWER_SHOWS, Protection
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import Progress
from bot.domain.deployments.states import State
from bot.domain.errors import NotFound
from bot.messages.deployments import protection as alerts
from bot.ports import Held, Post
from bot.services.deployments.asking import asking, was_asked
from bot.services.desk import Desk, announce
from bot.services.runs import passing, rejections, reviews, standing, waiting_time
from bot.services.runs.finding import needs_attention

PACE = timedelta(seconds=10)
"""The pause before the next look at a run that waits for somebody else's answer."""

TIMER_PACE = timedelta(minutes=1)
"""The same for one that waits for long: for GitHub's wait timer, which somebody may pass by."""


async def look(desk: Desk, deployment: Deployment, seen: Deployment) -> bool:
    """What the gate makes of a run that is followed; False leaves it to whoever follows it."""
    protection, progress = seen.protection, seen.progress
    if protection is None or progress is None or protection.passed:
        return False
    if _has_begun(desk, seen, progress):
        return await passing.past(desk, deployment, seen)
    if deployment.state is not State.RUNNING:
        return False
    seen = await reviews.with_earlier(desk, deployment, seen)
    if seen.outside is not None:
        return await _stands_outside(desk, deployment, seen)
    if seen.ends_as is not None:  # it was to be stopped before it was lost from sight
        stopping = seen.to(State.ABORTING, desk.now())
        await desk.save(deployment, stopping)
        return True
    if progress.is_over:
        return await rejections.ended(desk, deployment, seen)
    if progress.status != "waiting":
        return False
    to_answer, opens_at = await standing.at_gate(desk, seen)
    if to_answer:
        seen = await waiting_time.at_gate(desk, deployment, seen, to_answer)
        await _stand(desk, deployment, seen)
        return True
    now, pause = desk.now(), PACE
    text = "The run waits at GitHub for something that is not this deployment's to answer"
    if opens_at is not None and now - opens_at < ANSWER_SHOWS:
        text, pause = alerts.timer(opens_at), min(max(PACE, opens_at - now), TIMER_PACE)
    elif protection.answered and protection.is_settling(now):
        text = "The approval was passed on, and GitHub has not let it in yet"
    elif protection.answered:
        text = "The approval was passed on, and GitHub waits for somebody else's, too: look there"
    await desk.save(deployment, seen.with_(due_at=now + pause, waiting_for=text))
    return True


async def _stands_outside(desk: Desk, deployment: Deployment, seen: Deployment) -> bool:
    """A run that nobody asked for here waits: it is said who may let it in, and nothing is
    answered.
    """
    if seen.protection is None or seen.progress is None or seen.progress.status != "waiting":
        return False
    protection = replace(seen.protection, announced=tuple(await standing.heard(desk, seen)))
    age = desk.now() - seen.requested_at
    known = seen.with_(
        protection=protection,
        due_at=desk.now() + min(max(PACE, age / 10), TIMER_PACE),
        waiting_for=alerts.waits_outside(seen, protection),
    )
    alert = announce(desk.config, known, "not-let-in", alerts.not_let_in(known))
    await desk.save(deployment, known, posts=(alert,) if protection.is_rule else ())
    return True


async def still_waits(desk: Desk, deployment: Deployment) -> Deployment | None:
    """The deployment as its run was just seen at its gate; None when it is there no longer, and
    what follows from that is done.
    """
    seen = await see(desk, deployment)
    if seen is None:
        return None
    if seen.progress and seen.progress.is_over and not _has_begun(desk, seen, seen.progress):
        if not await rejections.ended(desk, deployment, seen):
            await rejections.timed_out(desk, deployment, seen)
        return None
    to_answer = await held(desk, seen)
    if to_answer:
        seen, waits_on = await waiting_time.waits_on(desk, deployment, seen, to_answer)
        if waits_on:
            return await _announced(desk, seen)
    await desk.save(deployment, seen.to(State.RUNNING, desk.now()), action="gate_opened")
    return None


async def see(desk: Desk, deployment: Deployment) -> Deployment | None:
    """The deployment with its run as GitHub shows it now; None, and said, when it is gone."""
    run = deployment.run_id or 0
    try:
        summary, progress = await desk.github.run(deployment.repo, run)
    except NotFound:
        why = f"Run {run} is no longer to be seen at GitHub. Look there, then decide."
        await needs_attention(desk, deployment, why)
        return None
    seen = deployment.with_(
        progress=progress,
        run_attempt=summary.attempt,
        run_url=summary.url,
        failures=0,
        waiting_for="",
    )
    return await reviews.with_earlier(desk, deployment, seen)


async def held(desk: Desk, seen: Deployment) -> tuple[Held, ...]:
    """The environments of this deployment at whose gate its run waits, and that are to answer."""
    to_answer, _ = await standing.at_gate(desk, seen)
    return to_answer


async def _announced(desk: Desk, seen: Deployment) -> Deployment:
    """The deployment with what GitHub's webhooks have told about its gates."""
    protection = seen.protection
    if protection is None or not protection.is_rule:
        return seen
    told = await standing.heard(desk, seen)
    return seen.with_(protection=replace(protection, announced=tuple(told)))


def _has_begun(desk: Desk, seen: Deployment, progress: Progress) -> bool:
    """Whether the job that changes the environment was begun; without one, the run's success."""
    job = progress.stage(desk.deploy_job(seen) or "")
    return progress.conclusion == "success" if job is None else job.started_at is not None


async def _stand(desk: Desk, deployment: Deployment, seen: Deployment) -> None:
    """The run has come to a gate: ask, or go on where it has been approved already."""
    seen, found = await reviews.read_at_gate(desk, deployment, seen)
    announced, at_last = await _announced(desk, seen), deployment.failures >= reviews.ASK_AFTER
    known, against = await reviews.counted(desk, announced, found, at_last=at_last)
    if approvals.is_enough(known):
        await desk.save(deployment, known.to(State.APPROVED, desk.now()), action="at_next_gate")
        return
    expires = known.expires_at or desk.now() + desk.config.approval.expires
    action, alerting = "opened", tuple[Post, ...]()
    protection = known.protection
    assert protection is not None
    if protection.unread:
        against = (*against, reviews.not_known(protection.unread))
        alerting = (announce(desk.config, known, "answers-unread", alerts.unread(known)),)
    if slipped := await _slipped_in(desk, known, protection):
        known, broken = reviews.broken_by(desk, known, against)
        known = known.with_(protection=protection.took((), slipped))
        action, alerting = "four_eyes_broken", (*alerting, *broken)
    waiting = known.to(State.AWAITING_APPROVAL, desk.now(), expires_at=expires)
    is_next = known.expires_at is None and await was_asked(desk, known)
    posts = (*alerting, *await asking(desk, waiting, again=is_next))
    detail = {"why": known.four_eyes or "; ".join(against)} if alerting else {}
    await desk.save(deployment, waiting, action=action, posts=posts, detail=detail)


async def _slipped_in(desk: Desk, seen: Deployment, protection: Protection) -> tuple[str, ...]:
    """The jobs at environments of this deployment that have begun though we let none in."""
    stages = seen.progress.stages if seen.progress else ()
    begun = [one.name for one in stages if one.started_at and one.name not in protection.let_in]
    try:
        workflow = await desk.github.workflow(seen.repo, seen.workflow)
    except NotFound:
        return ()
    return tuple(name for name in begun if protection.ours(workflow.environment_of(name)))
