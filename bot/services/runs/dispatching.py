"""Dispatching: the one effect that lets production change; an intent, one POST, and its answer."""

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.runs import SETTLE, Dispatch, Sent
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.twins import Twin
from bot.domain.errors import Declined, Fault, Unanswered
from bot.domain.rollbacks import undoing
from bot.domain.rollbacks.target_steps import TargetStep
from bot.messages.deployments import announcements
from bot.ports import Stale, Started, Tx, Workflow
from bot.services.deployments.voiding import not_approved, void
from bot.services.desk import Desk, announce, retry_in
from bot.services.gates.binding import workflow_moved
from bot.services.gates.guards import Objection, objection, objection_now, over_targets
from bot.services.rollbacks import half_back, rescuing, reversals, rolling_back, switching
from bot.services.runs import crossing, inputs, twins
from bot.services.runs.finding import adopt, candidates, needs_attention

ANSWER_WITHIN = timedelta(seconds=30)
"""Longer than the POST may take; until then nobody else touches a deployment that is being sent."""

TOO_OLD = SETTLE * 0.3
"""An intent that waited longer than this is not sent: somebody may have given it up."""

TURN = timedelta(seconds=3)
"""How long to wait for another deployment that is being sent by the same workflow."""

ASK_AFTER = 3
"""Failures in a row to read what it rests on, after which a person decides about what may have been
sent.
"""


async def dispatch(desk: Desk, deployment: Deployment) -> None:
    """Make sure that the approval still holds, then send for the first time."""
    steps = await _steps(desk, deployment)
    if any(not step.command for step in steps):
        await _switch(desk, deployment, steps)
        return
    if rolling_back.is_unprepared(deployment):
        await rolling_back.prepare(desk, deployment)
        return
    if deployment.waiting_for and await crossing.puts_off(desk, deployment):
        return  # what held it up goes on; all that it rests on is read anew after that
    against, workflow, seen = await objection(desk, deployment)
    if against is not None:
        await not_approved(desk, seen, against)
    elif steps:
        await switching.begin(desk, deployment, deployment, steps)
    elif workflow is not None:
        await begin(desk, seen, workflow)


async def _steps(desk: Desk, deployment: Deployment) -> tuple[TargetStep, ...]:
    """Those of a way back over targets, or by the database first, that has not taken them yet."""
    if not deployment.is_way_back or deployment.steps:
        return ()
    return await reversals.steps(desk, deployment)


async def _switch(desk: Desk, deployment: Deployment, steps: tuple[TargetStep, ...]) -> None:
    """Go back over targets, which takes no workflow: so nothing of GitHub is waited for."""
    if against := await over_targets(desk, deployment):
        await not_approved(desk, deployment, against)
        return
    known = deployment
    if not deployment.approvers:
        known, _ = await rolling_back.as_it_ran(desk, deployment)
    await switching.begin(desk, known, deployment, steps)


async def begin(desk: Desk, deployment: Deployment, workflow: Workflow) -> None:
    """Send for the first time: what was approved, or what waits at GitHub's gate for that."""
    listed = await desk.github.runs(deployment.repo, deployment.workflow, dispatched_only=False)
    if await crossing.puts_off(desk, deployment, listed):
        return
    newest = max((run.id for run in listed), default=0)
    await _send(desk, deployment, workflow, _intent(desk, workflow, before=newest, attempt=1))


async def send_again(desk: Desk, deployment: Deployment, intent: Dispatch) -> None:
    """Send what surely was not carried out, or what a person or the guard allows once more.

    Whatever is against it now goes to a person: after an unclear answer no machine may say that
    nothing was deployed; and what cannot be read for long may be silent for good.
    """
    is_slack = deployment.protection is None
    try:
        against, workflow, _ = await objection(desk, deployment, approved=is_slack)
    except Fault as silent:
        if intent.sent is Sent.NOT or deployment.failures < ASK_AFTER:
            raise
        why = f"what it rests on could not be read ({silent.text})"
        await needs_attention(desk, deployment, f"It was not sent again: {why}.")
        return
    if workflow is None or against is not None:
        why = against.text if against else "the workflow is gone"
        await needs_attention(desk, deployment, f"It was not sent again: {why}.")
        return
    by_machine = intent.again_by is None and intent.unclear > 0
    if by_machine and not workflow.guarded:
        await needs_attention(desk, deployment, "Its workflow no longer stops a second run.")
        return
    again = _intent(desk, workflow, before=intent.before_run_id, attempt=intent.attempt + 1)
    await _send(desk, deployment, workflow, replace(again, unclear=intent.unclear))


def new_request_id(deployment: Deployment) -> str:
    """A word that finds the run of one dispatch again: readable, unguessable, safe in a title."""
    return f"{deployment.name}-{secrets.token_hex(4)}"


def _intent(desk: Desk, workflow: Workflow, *, before: int, attempt: int) -> Dispatch:
    return Dispatch(
        before_run_id=before,
        attempt=attempt,
        sent_at=desk.now(),
        ref=workflow.branch,
        actions=workflow.actions,
        carries_id=workflow.carries_id,
        carries_sha=inputs.carries_sha(workflow),
        guarded=workflow.guarded,
    )


async def _send(desk: Desk, deployment: Deployment, workflow: Workflow, intent: Dispatch) -> None:
    """Commit the intent, POST once, store what came back; nothing, where the workflow file changed
    while everything else was read.
    """
    if moved := await workflow_moved(desk, deployment, workflow.branch):
        await _not_sent(desk, deployment, Objection("moved", moved))
        return
    request_id = deployment.request_id or new_request_id(deployment)
    # Unclear from now on: should we die before the answer is stored, a run may exist.
    pending = replace(intent, unclear=intent.unclear + 1)
    due = desk.now() + ANSWER_WITHIN
    sending = deployment.to(
        State.DISPATCHING, desk.now(), request_id=request_id, dispatch=pending, due_at=due
    )
    if deployment.state is State.AWAITING_APPROVAL:  # its approvers are asked at the gate
        sending = sending.with_(expires_at=None)

    # What waits at GitHub's gate changes nothing yet; it is judged when the gate is answered.
    is_effect = deployment.state not in (State.CHECKING, State.AWAITING_APPROVAL)

    def commit_intent(tx: Tx) -> Deployment | Objection | None:
        if is_effect and (against := objection_now(tx, desk.config, deployment)):
            return against
        others = tx.sending(deployment.repo, deployment.workflow)
        is_alone = all(other.id == deployment.id for other in others)
        # A rollback waits for nobody: whose run is whose is then told by the version, or by people.
        if not (intent.carries_id or is_alone or deployment.kind is Kind.ROLLBACK):
            return None
        saved = tx.save(deployment, sending)
        tx.audit("gonogo", "dispatching", saved.name, request_id=request_id, attempt=intent.attempt)
        return saved

    saved = await desk.store.run(commit_intent)
    if isinstance(saved, Objection):
        await _not_sent(desk, deployment, saved)
        return
    if saved is None:
        text = f"Waiting: another deployment is being sent to {deployment.workflow}"
        wait = deployment.with_(due_at=desk.now() + TURN, waiting_for=text)
        await desk.save(deployment, wait)
        return
    await _post(desk, saved, workflow, intent)


async def _not_sent(desk: Desk, deployment: Deployment, against: Objection) -> None:
    """Something changed since it was looked at: somebody closed the place, or pushed."""
    match deployment.state:
        case State.APPROVED:
            await not_approved(desk, deployment, against)
        case State.AWAITING_APPROVAL:
            await void(desk, deployment, against.code, against.text)
        case State.CHECKING:
            text = f"{against.text}; looking at it anew"
            wait = deployment.with_(due_at=desk.now() + TURN, waiting_for=text)
            await desk.save(deployment, wait)
        case _:
            await needs_attention(desk, deployment, f"It was not sent again: {against.text}.")


async def _post(desk: Desk, deployment: Deployment, workflow: Workflow, intent: Dispatch) -> None:
    values = {
        "version": deployment.version,
        "sha": deployment.binding.commit if deployment.binding else "",
        "request_id": deployment.request_id or "",
        "requested_by": deployment.requested_by_github or deployment.requested_by,
    }
    given = {name: value for name, value in values.items() if name in workflow.inputs}
    loop = asyncio.get_running_loop()
    began = loop.time()

    def is_fresh() -> bool:
        waited = timedelta(seconds=loop.time() - began)
        return max(waited, desk.now() - intent.sent_at) < TOO_OLD

    try:
        answer: Started | Fault = await desk.github.dispatch(
            deployment.repo, deployment.workflow, workflow.branch, given, is_fresh=is_fresh
        )
    except Fault as fault:
        answer = fault
    try:
        await _answered(desk, deployment, intent, answer)
    except Stale:  # a rollback may have been asked for meanwhile, which takes no answer away
        newer = await desk.store.read(lambda tx: tx.deployment(deployment.id))
        if newer is None or (newer.state, newer.dispatch) != (
            deployment.state,
            deployment.dispatch,
        ):
            raise
        await _answered(desk, newer, intent, answer)


async def _answered(
    desk: Desk, deployment: Deployment, intent: Dispatch, answer: Started | Fault
) -> None:
    """Store what GitHub said. Raises Stale."""
    match answer:
        case Declined():
            await _declined(desk, deployment, intent, answer)
        case Unanswered():
            unclear = replace(intent, unclear=intent.unclear + 1)
            why = f"No clear answer from GitHub ({answer.text})"
            await _search(desk, deployment, unclear, why)
        case Fault():
            pause = retry_in(deployment.failures, answer.retry_after)
            why = f"Waiting for GitHub ({answer.text})"
            await _search(desk, deployment, replace(intent, accepted=False), why, pause=pause)
        case _:
            await _started(desk, deployment, intent, answer)


async def _started(desk: Desk, deployment: Deployment, intent: Dispatch, started: Started) -> None:
    accepted = replace(intent, unclear=intent.unclear + 1, accepted=True)
    if started.run_id is None:
        why = "GitHub accepted it and did not name the run"
        await _search(desk, deployment, accepted, why)
        return
    known, first, url = deployment.with_(dispatch=accepted), started.run_id, started.url
    if intent.unclear and intent.carries_id:  # an earlier POST may have started a run after all
        earlier = await candidates(desk, known, accepted)
        if earlier and earlier[0].id < first:
            first, url = earlier[0].id, earlier[0].url
            latest = Twin(run_id=started.run_id, url=started.url or "")
            known = known.with_(dispatch=twins.noted(accepted, earlier[1:], latest))
    await adopt(desk, known, deployment, first, url, "run_started")


async def _search(
    desk: Desk,
    deployment: Deployment,
    intent: Dispatch,
    why: str,
    *,
    pause: timedelta = timedelta(0),
) -> None:
    """No run yet: the look-up goes on from what is now known. A rollback waits for no look-up where
    nothing was sent.
    """
    if deployment.rescue is not None and intent.sent is Sent.NOT:
        pause = timedelta(0)
    unknown = deployment.to(
        State.UNKNOWN,
        desk.now(),
        dispatch=intent,
        due_at=desk.now() + pause,
        waiting_for=why if pause else "",
        failures=deployment.failures + 1 if pause else 0,
    )
    await desk.save(deployment, unknown, action="unanswered", detail={"why": why})


async def _declined(desk: Desk, deployment: Deployment, intent: Dispatch, no: Declined) -> None:
    why = f"GitHub refused to start the run: {no.text}"
    if intent.unclear:
        unknown = deployment.with_(dispatch=replace(intent, accepted=None))
        await needs_attention(desk, deployment, why, now=unknown)
        return
    if undoing.was_begun(deployment.steps):
        bad, alert = half_back.left_to_a_person(desk.config, deployment, desk.now(), why)
        await desk.save(deployment, bad, action="half_back", posts=(alert,), detail={"why": why})
        return
    ended = deployment.end(State.FAILED, desk.now(), "not_started", why)
    post = announce(desk.config, ended, "failed", announcements.failed(ended))
    await rescuing.end(desk, deployment, ended, "failed", post, why=why)
