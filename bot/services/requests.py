"""What people ask for: each function decides inside one transaction and returns the answer."""

import secrets
from datetime import timedelta

from bot.config import Config
from bot.domain import approvals
from bot.domain.deployments import Deployment, State
from bot.domain.errors import Refusal
from bot.domain.grammar import DeployWish
from bot.domain.people import Actor, Role, Who, require
from bot.domain.runs import Dispatch
from bot.messages import announcements, notes
from bot.messages.blocks import Message
from bot.messages.cards import status
from bot.ports import Tx
from bot.services.desk import announce, tell

FRESH = timedelta(minutes=5)
"""Directory rows older than this decide nothing by themselves; the tick looks again before the
effect.
"""


def who(tx: Tx, slack_id: str) -> tuple[Actor, bool]:
    """The person as the directory knows them, and whether that is fresh enough to act on."""
    actor, read_at = tx.actor(slack_id)
    return actor, read_at is not None and tx.now - read_at <= FRESH


def deploy(
    tx: Tx, config: Config, wish: DeployWish, slack_id: str, asked_in: str | None
) -> Message:
    """Record a deployment request, or refuse it with what to do instead."""
    actor, fresh = who(tx, slack_id)
    require(actor, Role.DEPLOYER, "deploy")
    service = wish.service or _only_service(config)
    environment = wish.environment or "production"
    workflow = _workflow(config, service, environment)
    repo = config.services[service].repo
    if not wish.dry_run and (holder := tx.holder(service, environment)):
        raise _slot_is_taken(holder)
    deployment = tx.add(
        Deployment(
            service=service,
            environment=environment,
            version=str(wish.version),
            dry_run=wish.dry_run,
            repo=repo,
            workflow=workflow,
            requested_by=actor.slack_id,
            requested_by_github=actor.github,
            requested_at=tx.now,
            reason=wish.reason,
            asked_in=asked_in,
            due_at=tx.now,
        )
    )
    tx.audit(
        actor.slack_id,
        "requested",
        deployment.name,
        service=service,
        environment=environment,
        version=deployment.version,
        reason=wish.reason,
        dry_run=wish.dry_run,
    )
    known = any(tag.name == deployment.version for tag in tx.tags(repo))
    return notes.requested(deployment, known=known, fresh=fresh)


def _only_service(config: Config) -> str:
    if len(config.services) == 1:
        return next(iter(config.services))
    names = sorted(config.services)
    raise Refusal(
        "which_service",
        "Which service? For example: {example}. Services are: {names}.",
        example=f"{config.commands.deploy} v1.2.1 {names[0]}",
        names=", ".join(names[:20]) + (" …" if len(names) > 20 else ""),
    )


def _workflow(config: Config, service: str, environment: str) -> str:
    if config.environment(service, environment) is None:
        raise Refusal(
            "environment_not_set_up",
            "{service} has no {environment} in gonogo.yaml, so I cannot deploy it there.",
            service=service,
            environment=environment,
        )
    workflow = config.workflow(service, environment)
    if workflow is None:
        raise Refusal(
            "no_workflow",
            "{environment} of {service} is deployed by merging to the main branch. "
            "To let me do it, "
            "name a workflow for it in gonogo.yaml.",
            service=service,
            environment=environment,
        )
    return workflow


def _slot_is_taken(holder: Deployment) -> Refusal:
    return Refusal(
        "slot_taken",
        "{service} {environment} is taken by {name} ({version}, {state}), "
        "requested by {who} at {when}. "
        "Wait for it, or cancel it on its card.",
        service=holder.service,
        environment=holder.environment,
        name=holder.name,
        version=holder.version,
        state=status(holder),
        who=Who(holder.requested_by) if holder.requested_by else "somebody outside Slack",
        when=holder.requested_at,
    )


def _load(tx: Tx, deployment_id: int) -> Deployment:
    found = tx.deployment(deployment_id)
    if found is None:
        raise Refusal("no_such_deployment", "There is no deployment D{id}.", id=deployment_id)
    return found


def approve(tx: Tx, config: Config, deployment_id: int, slack_id: str) -> Message:
    """Record an approval; answering GitHub is the tick's."""
    deployment = _load(tx, deployment_id)
    actor, fresh = who(tx, slack_id)
    approvals.may_approve(deployment, actor)
    moved = deployment.to(
        State.APPROVED,
        tx.now,
        approved_by=actor.slack_id,
        approved_at=tx.now,
        approver_is_fresh=fresh,
    )
    saved = tx.save(deployment, moved)
    tx.audit(actor.slack_id, "approved", deployment.name, commit=deployment.short_sha, fresh=fresh)
    return notes.approved(saved, fresh=fresh)


def reject(tx: Tx, config: Config, deployment_id: int, slack_id: str, reason: str) -> Message:
    """Record a rejection with its reason."""
    deployment = may_reject(tx, deployment_id, slack_id)
    reason = reason or "no reason given"
    answer = _end(tx, deployment, State.REJECTED, slack_id, "rejected", reason)
    _tell_requester(tx, deployment_id, slack_id)
    return answer


def may_reject(tx: Tx, deployment_id: int, slack_id: str) -> Deployment:
    """The deployment, if this person may reject it now."""
    deployment = _load(tx, deployment_id)
    approvals.may_reject(deployment, who(tx, slack_id)[0])
    return deployment


def cancel(tx: Tx, config: Config, deployment_id: int, slack_id: str) -> Message:
    """Cancel what only waits; ask GitHub to stop what runs."""
    deployment = _load(tx, deployment_id)
    approvals.may_cancel(deployment, who(tx, slack_id)[0])
    if deployment.state is State.RUNNING:
        moved = deployment.to(State.ABORTING, tx.now, abort_asked_at=tx.now)
        tx.audit(slack_id, "abort_asked", deployment.name)
        return notes.decided(tx.save(deployment, moved), "GitHub is asked to stop the run")
    if deployment.state in (
        State.REQUESTED,
        State.CHECKING,
        State.AWAITING_APPROVAL,
        State.APPROVED,
    ):
        answer = _end(tx, deployment, State.CANCELLED, slack_id, "cancelled", "")
        _tell_requester(tx, deployment_id, slack_id)
        return answer
    raise Refusal(
        "cannot_cancel",
        "{name} is past the point where it can be cancelled: {state}.",
        name=deployment.name,
        state=status(deployment),
    )


def mark_good(tx: Tx, config: Config, deployment_id: int, slack_id: str) -> Message:
    """A person takes responsibility for a version whose validation failed."""
    deployment = _degraded(tx, deployment_id, slack_id)
    answer = _end(
        tx,
        deployment,
        State.SUCCEEDED,
        slack_id,
        "marked_good",
        "Validation failed; a person marked it good",
    )
    saved = _load(tx, deployment_id)
    tx.post(announce(config, saved, "succeeded", announcements.succeeded(saved)))
    return answer


def close_failed(tx: Tx, config: Config, deployment_id: int, slack_id: str) -> Message:
    """A person closes what did not work, which frees the slot."""
    deployment = _undecided(tx, deployment_id, slack_id, (State.DEGRADED, State.NEEDS_ATTENTION))
    return _end(tx, deployment, State.FAILED, slack_id, "closed_as_failed", "")


def send_again(tx: Tx, config: Config, deployment_id: int, slack_id: str) -> Message:
    """A person decides that the run did not start; the same approval is dispatched once more."""
    deployment = _undecided(tx, deployment_id, slack_id, (State.NEEDS_ATTENTION,))
    intent = deployment.dispatch
    if intent is None or deployment.run_id is not None:
        raise Refusal(
            "nothing_to_send",
            "{name} has a run already; look at it at GitHub.",
            name=deployment.name,
        )
    again = Dispatch(
        before_run_id=intent.before_run_id,
        attempt=intent.attempt + 1,
        sent_at=tx.now,
        carries_id=intent.carries_id,
        guarded=intent.guarded,
    )
    moved = deployment.to(State.APPROVED, tx.now, dispatch=again)
    tx.audit(slack_id, "sent_again", deployment.name, attempt=again.attempt)
    return notes.decided(tx.save(deployment, moved), "it is sent to GitHub once more")


def roll_back(tx: Tx, config: Config, deployment_id: int, slack_id: str) -> Message:
    """The way back by hand: the last known-good version and the command, filled in."""
    deployment = _degraded(tx, deployment_id, slack_id)
    earlier = tx.history(deployment.service, deployment.environment, limit=50)
    good = next(
        (d for d in earlier if d.state is State.SUCCEEDED and d.version != deployment.version), None
    )
    tx.audit(slack_id, "rollback_asked", deployment.name, target=good.version if good else None)
    return notes.not_yet_rolled_back(deployment, good)


def _degraded(tx: Tx, deployment_id: int, slack_id: str) -> Deployment:
    return _undecided(tx, deployment_id, slack_id, (State.DEGRADED,))


def _undecided(tx: Tx, deployment_id: int, slack_id: str, states: tuple[State, ...]) -> Deployment:
    deployment = _load(tx, deployment_id)
    actor, _ = who(tx, slack_id)
    if not actor.holds(Role.APPROVER, Role.ADMIN):
        require(actor, Role.DEPLOYER, "decide about a deployment")
    if deployment.state not in states:
        raise Refusal(
            "not_open",
            "Nothing was done: {name} is {state} now.",
            name=deployment.name,
            state=status(deployment),
        )
    return deployment


def _end(
    tx: Tx, deployment: Deployment, state: State, slack_id: str, code: str, text: str
) -> Message:
    saved = tx.save(deployment, deployment.end(state, tx.now, code, text, by=slack_id))
    tx.audit(slack_id, code, deployment.name, reason=text)
    return notes.decided(saved, code.replace("_", " "))


def _tell_requester(tx: Tx, deployment_id: int, decided_by: str) -> None:
    """Somebody else's decision is news to whoever asked."""
    ended = _load(tx, deployment_id)
    if ended.requested_by not in ("", decided_by):
        tx.post(tell(ended, "ended", ended.requested_by, notes.ended(ended, decided_by)))


def new_request_id(deployment: Deployment) -> str:
    """A word that finds the run of one dispatch again: readable, unguessable, safe in a title."""
    return f"{deployment.name}-{secrets.token_hex(4)}"
