"""Approvals: who may decide about a waiting deployment, how many have to, and until when."""

from datetime import datetime, timedelta

from bot.domain.deployments.deployments import Approval, Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Refusal
from bot.domain.gates import overrides
from bot.domain.people import Actor, Deed, Role, Who, require, require_answer

EXPIRES_AFTER = timedelta(minutes=60)
"""A request nobody decided about is not run."""


def nudge_time(opened: datetime, expires: datetime) -> datetime:
    """Half of the waiting time, when approvers are reminded once."""
    return opened + (expires - opened) / 2


def needed(deployment: Deployment) -> int:
    """How many different people have to approve it: one more than usual when a gate was lifted."""
    return overrides.approvals_needed(deployment, deployment.approvers)


def is_enough(deployment: Deployment) -> bool:
    """Whether as many people as needed have approved it."""
    return len(deployment.approvals) >= needed(deployment)


def is_yet_to_begin(deployment: Deployment) -> bool:
    """Whether the run that is to wait at GitHub for the approval was not begun: nobody can approve
    it before.
    """
    return deployment.protection is not None and deployment.run_id is None


def is_outdated(deployment: Deployment, now: datetime, lasts: timedelta) -> bool:
    """Whether so much time went by since the last approval that people have to be asked anew. Once
    it has let a run through one gate at GitHub it holds for those after it.
    """
    is_used = deployment.protection is not None and bool(deployment.protection.answered)
    given = [one.at for one in deployment.approvals]
    return bool(given) and not is_used and now - max(given) >= lasts


def approved(deployment: Deployment, actor: Actor, now: datetime, *, fresh: bool) -> Approval:
    """The approval of this actor for what the deployment is bound to."""
    commit = deployment.binding.commit if deployment.binding else ""
    return Approval(who=actor.slack_id, at=now, github=actor.github, fresh=fresh, commit=commit)


def may_approve(deployment: Deployment, actor: Actor, now: datetime) -> None:
    """Refuse unless this actor may approve this deployment now: open, in time, allowed, neither
    the requester nor somebody who has approved it already.
    """
    _is_open(deployment)
    if is_yet_to_begin(deployment):
        raise Refusal(
            "not_waiting",
            "Nothing was done: {name} ({version}) is begun once nothing is in its way, and waits "
            "for approval at GitHub's gate then.",
            name=deployment.name,
            version=deployment.version,
        )
    if deployment.expires_at is not None and now >= deployment.expires_at:
        raise Refusal(
            "expired",
            "{name} expired at {when}, so it is not run. Ask for a new one with "
            + _command(deployment),
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
    if any(actor.is_same_person(given.who, given.github) for given in deployment.approvals):
        raise Refusal(
            "approved_once",
            "You approved {name} already, and a person counts once. It has {given} of {needed} "
            "approvals; somebody else has to give the next one.",
            name=deployment.name,
            given=len(deployment.approvals),
            needed=needed(deployment),
        )


def deed(deployment: Deployment, *, was_live: bool) -> Deed:
    """What people do who ask for it and approve it; whether its version `was_live` there before.

    A rollback to one that never was brings something new.
    """
    is_back = deployment.kind is Kind.ROLLBACK and was_live
    return Deed.ENDS if is_back else Deed.GOES_ON


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
    require(actor, Role.APPROVER, "cancel a deployment", Role.ADMIN, Role.DEPLOYER)
    if actor.slack_id != deployment.requested_by and not actor.holds(Role.APPROVER, Role.ADMIN):
        require_answer(actor, Role.APPROVER, Role.ADMIN)
        raise Refusal(
            "not_yours",
            "{name} was {began} by {who}; only they, an approver or an admin may cancel it.",
            name=deployment.name,
            began="started outside Slack" if deployment.outside else "requested",
            who=Who(deployment.requested_by) if deployment.requested_by else _login(deployment),
        )


def _command(deployment: Deployment) -> str:
    return "{rollback}." if deployment.kind is Kind.ROLLBACK else "{deploy}."


def _login(deployment: Deployment) -> str:
    return deployment.outside.login if deployment.outside else "somebody outside Slack"


def _is_open(deployment: Deployment) -> None:
    if deployment.state is State.AWAITING_APPROVAL:
        return
    if deployment.is_terminal:
        raise _settled(deployment)
    if deployment.approvals:
        people, facts = _people(deployment)
        raise Refusal(
            "already_approved",
            "{name} was already approved by " + people + " at {when}. It is {state} now.",
            name=deployment.name,
            when=deployment.approvals[-1].at,
            state=in_words(deployment.state),
            **facts,
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
    if deployment.approvals:
        people, them = _people(deployment)
        approved = f" It had been approved by {people}."
        facts |= them
    elif deployment.ending and deployment.ending.by:
        approved = " Decided by {who}."
        facts["who"] = Who(deployment.ending.by)
    return Refusal(
        "already_settled",
        "Nothing was done: {name} ({version}) is {state} since {when}."
        + approved
        + " Ask for a new one with "
        + _command(deployment),
        **facts,
    )


def _people(deployment: Deployment) -> tuple[str, dict[str, object]]:
    """Who approved it, as a piece of a template and its facts."""
    people = {
        f"who{place}": Who(given.who) if given.who else f"{given.github} at GitHub"
        for place, given in enumerate(deployment.approvals)
    }
    return " and ".join(f"{{{name}}}" for name in people), dict(people)


_WORDS = {
    State.APPROVED: "about to start",
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
