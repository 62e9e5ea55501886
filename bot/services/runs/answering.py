"""Answering: GitHub's gate, told what people decided; looked at before, and never blindly again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.approvals.protection import Protection
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Declined, Fault, Unanswered
from bot.messages.deployments import comments
from bot.messages.deployments import protection as alerts
from bot.ports import Held, Stale, Tx
from bot.services.deployments.voiding import not_approved
from bot.services.desk import Desk, announce, retry_in
from bot.services.gates.guards import Objection, objection, objection_now
from bot.services.runs import gate_watch

ANSWER_WITHIN = timedelta(seconds=30)
"""Longer than the answer may take; until then nobody else touches the deployment."""


async def answer(desk: Desk, deployment: Deployment) -> None:
    """Let the run into the environments of this deployment, if the approval still holds."""
    seen = await gate_watch.see(desk, deployment)
    if seen is None:
        return
    held = await gate_watch.held(desk, seen)
    if not held:  # answered already, by us or in the browser, or over
        await _go_on(desk, deployment, seen, action="gate_opened", detail={})
        return
    if barred := [one.environment for one in held if not one.may_answer]:
        await _declined(desk, deployment, seen, await _not_a_reviewer(desk, barred))
        return
    against, _, judged = await objection(desk, deployment)
    if against is not None:
        await not_approved(desk, judged, against)
        return
    is_rule = seen.protection is not None and seen.protection.is_rule
    # Each job at a rule is an answer of its own, so each has its intent, and is known to be taken.
    await _send(desk, judged, held[:1] if is_rule else held)


async def reject(desk: Desk, deployment: Deployment) -> None:
    """Tell GitHub's gate no, with the reason. Raises Fault; whoever asks can still cancel."""
    seen = await gate_watch.see(desk, deployment)
    held = await gate_watch.held(desk, seen) if seen else ()
    if not held:
        raise Fault("github", "the run waits at no gate")
    await _post(desk, deployment, held, approve=False, comment=comments.rejected(deployment))


async def _not_a_reviewer(desk: Desk, names: list[str]) -> str:
    login = await desk.github.reviewer()
    return f"{login or 'gonogo'} is no required reviewer of {' and '.join(names)}"


async def _send(desk: Desk, deployment: Deployment, held: tuple[Held, ...]) -> None:
    """Commit the intent, answer once, store what came back."""
    assert deployment.protection is not None
    now = desk.now()
    names = tuple(one.environment for one in held)
    jobs = tuple(job for one in held for job in one.jobs)
    was_lost = names == deployment.protection.answering
    intent = deployment.protection.answers(names, now)
    pending = deployment.with_(protection=intent, due_at=now + ANSWER_WITHIN)

    def commit_intent(tx: Tx) -> Deployment | Objection:
        if against := objection_now(tx, desk.config, deployment):
            return against
        saved = tx.save(deployment, pending)
        tx.audit("gonogo", "answering", saved.name, environments=names, jobs=jobs)
        return saved

    saved = await desk.store.run(commit_intent)
    if isinstance(saved, Objection):
        await not_approved(desk, deployment, saved)
        return
    try:
        await _post(desk, saved, held, approve=True, comment=comments.approved(saved))
    except Declined as no:
        known = saved.with_(protection=intent.took(()))
        if was_lost:  # GitHub may have taken the answer before this one: the run tells
            await _go_on(desk, saved, known, action="answer_declined", detail={"why": no.text})
        elif _came_along(deployment.protection, names, now):
            after = replace(intent.took(()), answering_at=deployment.protection.answering_at)
            known, why = saved.with_(protection=after), {"why": no.text}
            pause = gate_watch.PACE
            await _go_on(desk, saved, known, action="answer_declined", detail=why, pause=pause)
        else:
            await _declined(desk, saved, known, no.text)
    except Unanswered as lost:
        await _later(desk, saved, f"No clear answer from GitHub ({lost.text})", None)
    except Fault as limited:
        text = f"Waiting for GitHub ({limited.text})"
        await _later(desk, saved, text, limited.retry_after)
    else:
        known = saved.with_(protection=intent.took(names, jobs))
        detail = {"environments": names, "jobs": jobs}
        await _go_on(desk, saved, known, action="gate_answered", detail=detail)


def _came_along(before: Protection, names: tuple[str, ...], now: datetime) -> bool:
    """Whether the answer to another job of these environments, a moment ago, may have let in this
    one as well: then GitHub is about to show it.
    """
    return before.is_rule and before.is_settling(now) and set(names) <= set(before.answered)


async def _go_on(
    desk: Desk,
    stored: Deployment,
    known: Deployment,
    *,
    action: str,
    detail: Mapping[str, object],
    pause: timedelta = timedelta(0),
) -> None:
    """Follow the run again; should it come to another gate, that has a waiting time of its own."""
    now = desk.now()
    try:
        running = known.to(State.RUNNING, now, due_at=now + pause)
        running = running.with_(expires_at=None, nudged_at=None)
        await desk.save(stored, running, action=action, detail=detail)
    except Stale:  # somebody cancels it meanwhile; the next look shows what the run does
        desk.wake()


async def _post(
    desk: Desk, deployment: Deployment, held: tuple[Held, ...], *, approve: bool, comment: str
) -> None:
    repo, run = deployment.repo, deployment.run_id or 0
    if deployment.protection and deployment.protection.is_rule:
        for name in dict.fromkeys(one.environment for one in held):
            await desk.github.answer_rule(repo, run, name, approve=approve, comment=comment)
    else:
        await desk.github.review(repo, run, held, approve=approve, comment=comment)


async def _declined(desk: Desk, stored: Deployment, deployment: Deployment, why: str) -> None:
    """GitHub does not take our answer; people can still give theirs in the browser."""
    text = f"GitHub does not take the approval ({why}). Approve the run in the browser, or Cancel"
    alert = announce(desk.config, deployment, "not-answered", alerts.not_answered(deployment, why))
    waiting = deployment.with_(
        due_at=desk.now() + retry_in(deployment.failures, None),
        failures=deployment.failures + 1,
        waiting_for=text,
    )
    action = "" if deployment.failures else "answer_declined"
    await desk.save(stored, waiting, action=action, posts=(alert,), detail={"why": why})


async def _later(desk: Desk, deployment: Deployment, text: str, retry_after: float | None) -> None:
    waiting = deployment.with_(
        due_at=desk.now() + retry_in(deployment.failures, retry_after),
        failures=deployment.failures + 1,
        waiting_for=text,
    )
    try:
        await desk.save(deployment, waiting)
    except Stale:
        desk.wake()
