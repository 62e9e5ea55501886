"""Approvals: who may decide about a waiting deployment, and until when."""

from datetime import datetime, timedelta

from bot.domain.deployments import Deployment, State
from bot.domain.errors import Refusal
from bot.domain.people import Actor, Role, Who, require

EXPIRES_AFTER = timedelta(minutes=60)
"""A request nobody decided about is not run."""


def nudge_time(requested: datetime, expires: datetime) -> datetime:
    """Half of the waiting time, when approvers are reminded once."""
    return requested + (expires - requested) / 2


def may_approve(deployment: Deployment, actor: Actor, now: datetime) -> None:
    """Refuse unless this actor may approve this deployment now: open, in time, allowed, and a
    second person.
    """
    _is_open(deployment)
    if deployment.expires_at is not None and now >= deployment.expires_at:
        raise Refusal(
            "expired",
            "{name} expired at {when}, so it is not run. Ask for a new one with {deploy}.",
            name=deployment.name,
            when=deployment.expires_at,
        )
    require(actor, Role.APPROVER, "approve a deployment")
    if actor.is_same_person(deployment.requested_by, deployment.requested_by_github):
        raise Refusal(
            "self_approval",
            "You asked for {name}, so somebody else has to approve it (four eyes).",
            name=deployment.name,
        )


def may_reject(deployment: Deployment, actor: Actor) -> None:
    """Refuse unless this actor may reject this deployment now; the requester cancels instead."""
    _is_open(deployment)
    require(actor, Role.APPROVER, "reject a deployment")


def may_cancel(deployment: Deployment, actor: Actor) -> None:
    """Refuse unless this actor may cancel this deployment: its requester, an approver or an
    admin.
    """
    if deployment.is_terminal:
        raise _settled(deployment)
    if not actor.holds(Role.APPROVER, Role.ADMIN, Role.DEPLOYER):
        require(actor, Role.APPROVER, "cancel a deployment")
    if actor.slack_id != deployment.requested_by and not actor.holds(Role.APPROVER, Role.ADMIN):
        raise Refusal(
            "not_yours",
            "{name} was requested by {who}; only they, an approver or an admin may cancel it.",
            name=deployment.name,
            who=Who(deployment.requested_by),
        )


def _is_open(deployment: Deployment) -> None:
    if deployment.state is State.AWAITING_APPROVAL:
        return
    if deployment.is_terminal:
        raise _settled(deployment)
    if deployment.approved_by and deployment.approved_at:
        raise Refusal(
            "already_approved",
            "{name} was already approved by {who} at {when}. It is {state} now.",
            name=deployment.name,
            who=Who(deployment.approved_by),
            when=deployment.approved_at,
            state=in_words(deployment.state),
        )
    raise Refusal(
        "not_waiting",
        "Nothing was done: {name} ({version}) does not wait for approval. It is {state} now.",
        name=deployment.name,
        version=deployment.version,
        state=in_words(deployment.state),
    )


def _settled(deployment: Deployment) -> Refusal:
    approved = ""
    facts: dict[str, object] = {
        "name": deployment.name,
        "version": deployment.version,
        "state": in_words(deployment.state),
        "when": deployment.settled_at or deployment.requested_at,
    }
    if deployment.approved_by:
        approved = " It had been approved by {who}."
        facts["who"] = Who(deployment.approved_by)
    elif deployment.ending and deployment.ending.by:
        approved = " Decided by {who}."
        facts["who"] = Who(deployment.ending.by)
    return Refusal(
        "already_settled",
        "Nothing was done: {name} ({version}) is {state} since {when}."
        + approved
        + " Ask for a new one with {deploy}.",
        **facts,
    )


_WORDS = {
    State.CHECKING: "being checked",
    State.AWAITING_APPROVAL: "waiting for approval",
    State.DISPATCHING: "being sent to GitHub",
    State.UNKNOWN: "sent, waiting for GitHub to show the run",
    State.NEEDS_ATTENTION: "waiting for a person to look",
    State.VALIDATING: "being validated",
    State.ABORTING: "being stopped",
}


def in_words(state: State) -> str:
    """A state as it reads in a sentence."""
    return _WORDS.get(state, str(state))
