"""Decisions: what people press on a card; each is judged and recorded inside one transaction."""

from dataclasses import replace
from typing import Any

from bot.config import Config
from bot.domain.approvals import approvals
from bot.domain.deployments.choices import Choice, choices
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.steps import is_unsent
from bot.domain.errors import Refusal
from bot.domain.gates import overrides
from bot.domain.people import Actor, Deed, Role, require
from bot.domain.rollbacks import switching, undoing
from bot.domain.words import listing
from bot.messages.blocks import Message
from bot.messages.deployments import announcements, notes
from bot.messages.deployments.cards import status
from bot.ports import Tx
from bot.services.closures import closures
from bot.services.deployments import letters
from bot.services.deployments.requests import as_before, known, mends_still, who
from bot.services.desk import announce, direct
from bot.services.rollbacks import half_back, rollbacks
from bot.services.rollbacks.deeds import deed_in

STILL_WAITING = (State.REQUESTED, State.CHECKING, State.AWAITING_APPROVAL, State.APPROVED)
A_PERSONS = (State.DEGRADED, State.NEEDS_ATTENTION, State.ABORTING)
"""States that a person may end as failed."""


def may_approve(tx: Tx, config: Config, deployment_id: int, slack_id: str) -> Deployment:
    """The deployment, if this person may approve it now."""
    deployment = load(tx, deployment_id)
    actor, _ = who(tx, slack_id)
    approvals.may_approve(deployment, actor, tx.now)
    mends_still(tx, deployment)
    closures.require_open(tx, config, deployment)
    overrides.require_open(deployment)
    return deployment


def approve(tx: Tx, config: Config, deployment_id: int, slack_id: str) -> Message:
    """Record an approval; whatever follows from it is the tick's."""
    deployment = may_approve(tx, config, deployment_id, slack_id)
    actor, fresh = who(tx, slack_id)
    given = approvals.approved(deployment, actor, tx.now, fresh=fresh)
    known = deployment.with_(approvals=(*deployment.approvals, given))
    moved = known.to(State.APPROVED, tx.now) if approvals.is_enough(known) else known
    saved = tx.save(deployment, moved)
    tx.audit(
        actor.slack_id,
        "approved",
        saved.name,
        commit=saved.short_sha,
        fresh=fresh,
        count=f"{len(saved.approvals)} of {approvals.needed(saved)}",
    )
    return notes.approved(saved, fresh=fresh)


def may_reject(tx: Tx, deployment_id: int, slack_id: str) -> Deployment:
    """The deployment, if this person may reject it now."""
    deployment = load(tx, deployment_id)
    approvals.may_reject(deployment, as_before(tx, slack_id))
    return deployment


def reject(tx: Tx, deployment_id: int, slack_id: str, reason: str) -> Message:
    """Record a rejection with its reason."""
    deployment = may_reject(tx, deployment_id, slack_id)
    return _end(tx, deployment, State.REJECTED, slack_id, "rejected", reason)


def cancel(tx: Tx, config: Config, deployment_id: int, slack_id: str) -> Message:
    """Cancel what only waits; have GitHub asked to stop what runs."""
    deployment = load(tx, deployment_id)
    approvals.may_cancel(deployment, as_before(tx, slack_id))
    if half_back.is_half_back(deployment):
        bad, alert = half_back.left_to_a_person(config, deployment, tx.now, "Cancelled")
        saved = tx.save(deployment, bad)
        tx.audit(slack_id, "cancelled", saved.name, why=saved.notice)
        tx.post(alert)
        return notes.decided(saved, "the code stays, and the database was taken back already")
    if deployment.state in STILL_WAITING or is_unsent(deployment):
        answer = _end(tx, deployment, State.CANCELLED, slack_id, "cancelled", "")
        rollbacks.begin_waiting(tx, config, load(tx, deployment_id))
        return answer
    if deployment.state is State.RUNNING:
        saved = tx.save(deployment, deployment.to(State.ABORTING, tx.now))
        tx.audit(slack_id, "abort_asked", saved.name)
        return notes.decided(saved, "GitHub is asked to stop the run")
    raise Refusal(
        "cannot_cancel",
        "{name} is past the point where it can be cancelled: {state}.",
        name=deployment.name,
        state=status(deployment),
    )


def mark_good(tx: Tx, config: Config, deployment_id: int, slack_id: str) -> Message:
    """An approver takes responsibility for a version whose validation failed."""
    deployment = _open(tx, deployment_id, (State.DEGRADED,))
    actor = known(tx, slack_id)
    require(actor, Role.APPROVER, "mark a deployment good", Role.ADMIN)
    if deployment.is_half_back:
        raise Refusal(
            "half_back",
            "{name} cannot be marked good: its database was touched, and its code is not back. "
            "Press Roll Back, or Close as Failed.",
            name=deployment.name,
        )
    if broken := switching.broken(deployment.steps):
        raise Refusal(
            "broken",
            "{name} cannot be marked good: nothing good runs at {targets}. Press one of the other "
            "buttons of its card.",
            name=deployment.name,
            targets=listing(broken),
        )
    if Choice.MARK_GOOD not in choices(deployment):
        raise Refusal(
            "nothing_switched",
            "{name} cannot be marked good: nothing was switched, so {version} does not run. Press "
            "Retry, or Close as Failed.",
            name=deployment.name,
            version=deployment.version,
        )
    answer = _end(
        tx,
        deployment,
        State.SUCCEEDED,
        slack_id,
        "marked_good",
        deployment.notice,
        live_at=deployment.live_at or tx.now,
        hold=deployment.kind is Kind.ROLLBACK,
    )
    saved = load(tx, deployment_id)
    posts = letters.about(tx, config, saved)
    for post in (announce(config, saved, "succeeded", announcements.good(saved)), *posts):
        tx.post(post)
    return answer


def close_failed(tx: Tx, config: Config, deployment_id: int, slack_id: str) -> Message:
    """A person closes what did not work, which frees the slot; a rollback may wait for that."""
    deployment = _open(tx, deployment_id, A_PERSONS)
    may_decide(as_before(tx, slack_id))
    text, left = deployment.notice, dict[str, Any]()
    if deployment.state is not State.DEGRADED:  # its run goes on, or nobody sees it
        service = config.services.get(deployment.service)
        job = service.deploy_job if service else None
        left["live_at"] = half_back.seen_to_come(deployment, job)
        if left["live_at"] is None and undoing.was_begun(deployment.steps):
            text = half_back.closed(deployment, job)
            left["undoing"] = undoing.left_half(deployment.undoing, half=True)
    answer = _end(tx, deployment, State.FAILED, slack_id, "closed_as_failed", text, **left)
    if "undoing" in left:
        ended = load(tx, deployment_id)
        tx.post(announce(config, ended, "half-back", announcements.failed(ended)))
    rollbacks.begin_waiting(tx, config, load(tx, deployment_id))
    if deployment.dispatch is not None and deployment.run_id is None:
        return notes.closed_without_run(deployment)
    return answer


def retry_targets(tx: Tx, deployment_id: int, slack_id: str) -> Message:
    """Try once more what failed of a rollback; what succeeded is left alone."""
    deployment = _open(tx, deployment_id, (State.DEGRADED,))
    may_decide(as_before(tx, slack_id))
    steps = switching.again(deployment.steps)
    if switching.is_half_undone(deployment.steps):
        raise Refusal(
            "database_begun",
            "{name} is not tried again: its way down of the database was begun and did not end "
            "well, and how much of it was done is for people to find out. Roll Back brings the "
            "code alone.",
            name=deployment.name,
        )
    if not switching.retried(deployment.steps):
        raise Refusal("nothing_to_retry", "Nothing of {name} failed.", name=deployment.name)
    wish = undoing.left_half(deployment.undoing, half=False)
    saved = tx.save(deployment, deployment.to(State.SWITCHING, tx.now, steps=steps, undoing=wish))
    named = [step.target for step in saved.steps if step.fate is None]
    tx.audit(slack_id, "targets_retried", saved.name, targets=named)
    return notes.decided(saved, f"trying {', '.join(named)} again")


def send_again(tx: Tx, deployment_id: int, slack_id: str) -> Message:
    """A person decides that no run started; the same approval is sent once more."""
    deployment = _open(tx, deployment_id, (State.NEEDS_ATTENTION,))
    ends = deed_in(tx, deployment) is Deed.ENDS
    may_decide(as_before(tx, slack_id) if ends else known(tx, slack_id))
    intent = deployment.dispatch
    if intent is None or deployment.run_id is not None:
        raise Refusal(
            "nothing_to_send",
            "{name} has a run already; look at it at GitHub.",
            name=deployment.name,
        )
    again, given_up = replace(intent, again_by=slack_id, candidates=()), deployment.rescue
    sent = deployment.to(State.UNKNOWN, tx.now, dispatch=again, rescue=None)
    saved = tx.save(deployment, sent)
    tx.audit(slack_id, "sent_again", saved.name, attempt=again.attempt + 1)
    then = f"; the rollback to {given_up.version} is given up" if given_up else ""
    return notes.decided(saved, f"it is sent to GitHub once more{then}")


def choose_run(tx: Tx, deployment_id: int, run_id: int, slack_id: str) -> Message:
    """A person says which of several runs is this deployment's."""
    deployment = _open(tx, deployment_id, (State.NEEDS_ATTENTION,))
    may_decide(as_before(tx, slack_id))
    if deployment.dispatch is None or run_id not in deployment.dispatch.candidates:
        raise Refusal("not_a_candidate", "Run {run} is not one of the candidates.", run=run_id)
    saved = tx.save(deployment, deployment.follow(run_id, tx.now))
    tx.audit(slack_id, "run_chosen", saved.name, run_id=run_id)
    return notes.decided(saved, f"run {run_id} is {'stopped' if saved.rescue else 'followed'}")


def load(tx: Tx, deployment_id: int) -> Deployment:
    """The deployment of that number, or a refusal."""
    found = tx.deployment(deployment_id)
    if found is None:
        raise Refusal("no_such_deployment", "There is no deployment D{id}.", id=deployment_id)
    return found


def _open(tx: Tx, deployment_id: int, states: tuple[State, ...]) -> Deployment:
    deployment = load(tx, deployment_id)
    if deployment.state not in states:
        raise Refusal(
            "not_open",
            "Nothing was done: {name} is {state} now.",
            name=deployment.name,
            state=status(deployment),
        )
    return deployment


def may_decide(actor: Actor) -> None:
    """Refuse unless the actor may decide what becomes of a deployment."""
    require(actor, Role.DEPLOYER, "decide about a deployment", Role.APPROVER, Role.ADMIN)


def _end(
    tx: Tx,
    deployment: Deployment,
    state: State,
    slack_id: str,
    code: str,
    text: str,
    **changes: Any,
) -> Message:
    """End it by a person's decision, which is news to whoever asked for it."""
    ended = deployment.close(state, tx.now, code, text, by=slack_id)
    saved = tx.save(deployment, ended.with_(**changes))
    tx.audit(slack_id, code, saved.name, reason=text)
    if saved.requested_by not in ("", slack_id):
        tx.post(direct(saved, "ended", saved.requested_by, notes.ended(saved, slack_id)))
    return notes.decided(saved, code.replace("_", " "))
