"""Dispatching: the one effect that lets production change; intent, one POST, and adoption by
look-up.
"""

from datetime import datetime, timedelta

from bot.domain import gates, runs
from bot.domain.deployments import Deployment, State
from bot.domain.errors import Declined, Fault, Unanswered
from bot.domain.people import Role
from bot.domain.runs import Dispatch, RunSummary
from bot.messages import announcements, notes
from bot.ports import Stale, Started, Tx, Workflow
from bot.services import evidence
from bot.services.approval_watch import void, what_moved
from bot.services.desk import Desk, announce, reply, tell
from bot.services.directory import look_up
from bot.services.requests import new_request_id

SEARCH_PACE = (1, 2, 3, 5, 8, 13, 20, 30)
"""Seconds between two looks for a run that is not listed yet."""


async def dispatch(desk: Desk, deployment: Deployment) -> None:
    """Make sure that the approval still holds, then send."""
    if not await _people_still_may(desk, deployment):
        return
    if moved := await what_moved(desk, deployment):
        await void(desk, deployment, "moved", moved)
        return
    workflow = await desk.github.workflow(deployment.repo, deployment.workflow)
    tag = await desk.github.tag(deployment.repo, deployment.version)
    live = await desk.store.run(lambda tx: tx.live(deployment.service, deployment.environment))
    verdicts = gates.judge(await evidence.gather(desk, deployment, tag, workflow, live))
    if blocking := gates.blocks(verdicts):
        await void(desk, deployment, "gate_blocked", "; ".join(v.text for v in blocking))
        return
    if deployment.dispatch and (found := await _candidates(desk, deployment, deployment.dispatch)):
        await _adopt(desk, deployment, found)
        return
    await _send(desk, deployment, workflow)


async def _people_still_may(desk: Desk, deployment: Deployment) -> bool:
    approver = await look_up(desk, deployment.approved_by or "")
    requester = await look_up(desk, deployment.requested_by)
    same = approver.is_same_person(requester.slack_id, requester.github)
    if approver.holds(Role.APPROVER) and requester.holds(Role.DEPLOYER) and not same:
        return True
    if not deployment.approver_is_fresh and requester.holds(Role.DEPLOYER):
        waiting = deployment.to(
            State.AWAITING_APPROVAL,
            desk.now(),
            approved_by=None,
            approved_at=None,
            approver_is_fresh=True,
        )
        text = "Your approval does not count: you need the role approver and must not be who asked."
        post = tell(deployment, "not-approver", approver.slack_id, notes.settled(deployment, text))
        await desk.save(
            deployment,
            waiting,
            action="approval_undone",
            posts=(post,),
            detail={"approver": approver.slack_id},
        )
        return False
    gone = "approver" if requester.holds(Role.DEPLOYER) else "deployer"
    why = (
        "requester and approver are the same person"
        if same
        else f"the {gone} no longer holds that role"
    )
    await void(desk, deployment, "role_gone", why)
    return False


async def _send(desk: Desk, deployment: Deployment, workflow: Workflow) -> None:
    """Commit the intent, POST once, store what came back."""
    before = (
        deployment.dispatch.before_run_id
        if deployment.dispatch
        else await _newest_run(desk, deployment)
    )
    request_id = deployment.request_id or new_request_id(deployment)
    intended = deployment.to(
        State.DISPATCHING,
        desk.now(),
        request_id=request_id,
        dispatch=Dispatch(
            before_run_id=before,
            attempt=deployment.dispatch.attempt if deployment.dispatch else 1,
            sent_at=desk.now(),
            carries_id=workflow.carries_id,
            guarded=workflow.guarded,
        ),
    )

    def commit_intent(tx: Tx) -> Deployment | None:
        others = tx.sending(deployment.repo, deployment.workflow)
        if not workflow.carries_id and any(other.id != deployment.id for other in others):
            return None
        saved = tx.save(deployment, intended)
        tx.audit("gonogo", "dispatching", deployment.name, request_id=request_id)
        return saved

    saved = await desk.store.run(commit_intent)
    if saved is None:
        wait = deployment.with_(
            due_at=desk.now() + timedelta(seconds=3),
            waiting_for=f"Waiting: another deployment is being sent to {deployment.workflow}",
        )
        await desk.save(deployment, wait)
        return
    await _post(desk, saved, workflow)


async def _post(desk: Desk, deployment: Deployment, workflow: Workflow) -> None:
    values = {
        "version": deployment.version,
        "sha": deployment.binding.commit if deployment.binding else "",
        "request_id": deployment.request_id or "",
        "requested_by": deployment.requested_by_github or deployment.requested_by,
    }
    inputs = {name: value for name, value in values.items() if name in workflow.inputs}
    try:
        started = await desk.github.dispatch(
            deployment.repo, deployment.workflow, workflow.branch, inputs
        )
    except Declined as no:
        await _fail(desk, deployment, f"GitHub refused to start the run: {no.text}")
    except Unanswered as lost:
        await _search(
            desk, deployment, accepted=None, why=f"No clear answer from GitHub ({lost.text})"
        )
    except Fault as limited:
        await _not_sent(desk, deployment, limited)
    else:
        await _started(desk, deployment, started)


async def _started(desk: Desk, deployment: Deployment, started: Started) -> None:
    if started.run_id is None:
        await _search(
            desk, deployment, accepted=True, why="GitHub accepted it and did not name the run"
        )
        return
    running = deployment.to(State.RUNNING, desk.now(), run_id=started.run_id, run_url=started.url)
    await _save_found(desk, deployment, running, "run_started", {})


async def _not_sent(desk: Desk, deployment: Deployment, limited: Fault) -> None:
    wait = timedelta(seconds=limited.retry_after or 60)
    back = deployment.to(
        State.APPROVED,
        desk.now(),
        due_at=desk.now() + wait,
        waiting_for=f"Waiting for GitHub ({limited.text})",
    )
    await desk.save(deployment, back, action="not_sent", detail={"why": limited.text})


async def _search(desk: Desk, deployment: Deployment, *, accepted: bool | None, why: str) -> None:
    intent = deployment.dispatch
    assert intent is not None
    known = Dispatch(
        before_run_id=intent.before_run_id,
        attempt=intent.attempt,
        sent_at=intent.sent_at,
        carries_id=intent.carries_id,
        guarded=intent.guarded,
        accepted=accepted,
    )
    unknown = deployment.to(State.UNKNOWN, desk.now(), dispatch=known)
    await desk.save(deployment, unknown, action="unanswered", detail={"why": why})


async def find_run(desk: Desk, deployment: Deployment) -> None:
    """Look for the run of a dispatch whose answer was lost; adopt it, wait, or ask a person."""
    intent, now = deployment.dispatch, desk.now()
    if intent is None or deployment.run_id is not None:
        await desk.save(deployment, deployment.with_(due_at=None))
        return
    if found := await _candidates(desk, deployment, intent):
        await _adopt(desk, deployment, found)
    elif deployment.state is State.NEEDS_ATTENTION:
        await desk.save(
            deployment, deployment.with_(due_at=now + timedelta(seconds=SEARCH_PACE[-1]))
        )
    elif deployment.state is State.DISPATCHING:
        await _search(
            desk, deployment, accepted=intent.accepted, why="The answer to the dispatch was lost"
        )
    elif intent.may_send_again(now):
        await _send_once_more(desk, deployment, intent)
    elif intent.is_hopeless(now):
        await _needs_attention(
            desk, deployment, "GitHub shows no run of it. Look at the Actions page, then decide."
        )
    else:
        await desk.save(deployment, deployment.with_(due_at=now + _pace(intent.sent_at, now)))


async def _candidates(
    desk: Desk, deployment: Deployment, intent: Dispatch
) -> tuple[RunSummary, ...]:
    listed = await desk.github.runs(
        deployment.repo, deployment.workflow, after=intent.before_run_id
    )
    if not listed:
        return ()
    claimed = await desk.store.run(lambda tx: tx.claimed_runs(deployment.repo))
    actor = "" if intent.carries_id else await desk.github.login()
    return runs.pick(
        listed,
        after=intent.before_run_id,
        request_id=deployment.request_id or "",
        carries_id=intent.carries_id,
        actor=actor,
        claimed=claimed,
    )


async def _adopt(desk: Desk, deployment: Deployment, found: tuple[RunSummary, ...]) -> None:
    """Take the oldest run of our request id; without an id, only a single candidate is ours."""
    intent = deployment.dispatch
    if len(found) > 1 and intent is not None and not intent.carries_id:
        names = ", ".join(str(run.id) for run in found)
        await _needs_attention(
            desk, deployment, f"Several runs could be this one ({names}). Look at GitHub."
        )
        return
    first, *twins = found
    for twin in twins:
        await desk.github.cancel(deployment.repo, twin.id)
    running = deployment.to(State.RUNNING, desk.now(), run_id=first.id, run_url=first.url)
    await _save_found(
        desk, deployment, running, "run_adopted", {"twins": [run.id for run in twins]}
    )


async def _save_found(
    desk: Desk, old: Deployment, running: Deployment, action: str, detail: dict[str, object]
) -> None:
    post = reply(desk.config, running, f"run-{running.run_id}", notes.run_found(running))
    found = {"run_id": running.run_id, **detail}
    try:
        await desk.save(old, running, action=action, posts=(post,), detail=found)
    except Stale:
        desk.wake()


async def _send_once_more(desk: Desk, deployment: Deployment, intent: Dispatch) -> None:
    workflow = await desk.github.workflow(deployment.repo, deployment.workflow)
    again = deployment.to(
        State.DISPATCHING,
        desk.now(),
        dispatch=Dispatch(
            before_run_id=intent.before_run_id,
            attempt=intent.attempt + 1,
            sent_at=desk.now(),
            carries_id=workflow.carries_id,
            guarded=workflow.guarded,
        ),
    )
    saved = await desk.save(
        deployment, again, action="dispatching_again", detail={"request_id": deployment.request_id}
    )
    await _post(desk, saved, workflow)


async def _needs_attention(desk: Desk, deployment: Deployment, why: str) -> None:
    if deployment.state is State.NEEDS_ATTENTION:
        due = desk.now() + timedelta(seconds=SEARCH_PACE[-1])
        await desk.save(deployment, deployment.with_(due_at=due, waiting_for=why))
        return
    due = desk.now() + timedelta(seconds=SEARCH_PACE[-1])
    waiting = deployment.to(State.NEEDS_ATTENTION, desk.now(), due_at=due, waiting_for=why)
    post = tell(deployment, "attention", deployment.requested_by, notes.settled(waiting, why))
    await desk.save(
        deployment, waiting, action="needs_attention", posts=(post,), detail={"why": why}
    )


async def _fail(desk: Desk, deployment: Deployment, why: str) -> None:
    ended = deployment.end(State.FAILED, desk.now(), "not_started", why)
    post = announce(desk.config, ended, "failed", announcements.failed(ended))
    await desk.save(deployment, ended, action="failed", posts=(post,), detail={"why": why})


async def _newest_run(desk: Desk, deployment: Deployment) -> int:
    listed = await desk.github.runs(deployment.repo, deployment.workflow, dispatched_only=False)
    return max((run.id for run in listed), default=0)


def _pace(sent_at: datetime, now: datetime) -> timedelta:
    """The pause before the next look: short at first, then up to half a minute."""
    waited = (now - sent_at).total_seconds()
    total = 0
    for pause in SEARCH_PACE:
        total += pause
        if total > waited:
            return timedelta(seconds=pause)
    return timedelta(seconds=SEARCH_PACE[-1])
