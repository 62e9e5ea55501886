"""Approvals in words: who gave theirs, and how many there have to be."""

from bot.domain.approvals.approvals import is_yet_to_begin, needed
from bot.domain.deployments.deployments import Approval, Deployment
from bot.domain.deployments.states import Kind
from bot.domain.words import count
from bot.messages import blocks as b


def given(deployment: Deployment) -> str:
    """Who approved and when, after how many of how many where one is not enough; empty where
    there is nothing to say.
    """
    people = ", ".join(f"{by(one)} {b.when(one.at)}" for one in deployment.approvals)
    said = f"approved by {people}" if people else ""
    if needed(deployment) < 2:
        return said
    return f"{len(deployment.approvals)} of {needed(deployment)} {said or 'approved'}"


def by(approval: Approval) -> str:
    """The person: a mention, or the login where GitHub alone knows them."""
    if approval.who:
        return b.mention(approval.who)
    return f"{b.line(approval.github or 'somebody', 60)} at GitHub"


def gate(deployment: Deployment) -> str:
    """What Approve does where the run waits at GitHub, or is to, and who has to press it before a
    rollback begins; empty where it starts the run.
    """
    protection = deployment.protection
    if protection is None:
        return _before_a_rollback(deployment) if deployment.kind is Kind.ROLLBACK else ""
    names = b.line(" and ".join(protection.environments), 120)
    if is_yet_to_begin(deployment):
        return (
            "Its run is begun once nothing is in its way, and waits for the approval at GitHub's "
            f"environment {names} then."
        )
    said = f"The run waits at GitHub's environment {names}; the approval lets it in."
    if protection.unread:
        said += (
            f" GitHub does not tell who answers there ({b.line(protection.unread, 200)}), so only "
            "what is approved here counts."
        )
    missing = [name for name in protection.environments if name not in protection.announced]
    if protection.is_rule and missing:
        said += (
            f" GitHub's webhook about {b.line(' and '.join(missing), 120)} has not come, so I "
            "answer at the address that GitHub documents. If it does not take that, an admin "
            "redelivers the webhook in the App's settings (Advanced), or starts the job in the "
            "browser."
        )
    return said


def _before_a_rollback(deployment: Deployment) -> str:
    """Who has to confirm it; nothing else stands in its way."""
    people = count(needed(deployment), "approver")
    who = f" than {b.mention(deployment.requested_by)}" if deployment.requested_by else ""
    press = "has to press" if needed(deployment) < 2 else "have to press"
    return f"{people} other{who} {press} Approve before anything is switched; no gate is asked."
