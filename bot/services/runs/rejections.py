"""Rejections: how a run ends that a gate of GitHub's let in nowhere, by a no or by its time."""

from bot.domain.approvals.protection import Review
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Declined, NotFound
from bot.messages.deployments import notes
from bot.messages.deployments import protection as alerts
from bot.services.desk import Desk, announce, direct
from bot.services.runs import reviews


async def ended(desk: Desk, deployment: Deployment, seen: Deployment) -> bool:
    """End what somebody rejected in the browser; False when nobody did."""
    no = await _no(desk, deployment, seen)
    if no is None:
        return False
    who = _who(desk, no)
    text = no.comment.strip() if who else _rejected(no)
    rejected = seen.end(State.REJECTED, desk.now(), "rejected", text, by=who)
    news = notes.rejected_at_github(rejected, no.login)
    people = filter(None, (seen.requested_by,))
    posts = tuple(direct(rejected, "ended", person, news) for person in people)
    detail = {"login": no.login, "comment": no.comment.strip()}
    await desk.save(deployment, rejected, action="rejected", posts=posts, detail=detail)
    return True


async def timed_out(desk: Desk, deployment: Deployment, seen: Deployment) -> None:
    """End what ended at its gate though nobody rejected it: GitHub gave up, or somebody
    cancelled.
    """
    why = f"{_given_up(deployment, seen)}. Ask for a new one."
    failed = seen.end(State.FAILED, desk.now(), "ended_at_gate", why)
    post = announce(desk.config, failed, "failed", alerts.ended_at_gate(failed))
    await desk.save(deployment, failed, action="failed", posts=(post,), detail={"why": why})


async def turned_away(desk: Desk, deployment: Deployment, seen: Deployment) -> bool:
    """End a run that never began to deploy because a gate that is not ours to answer let nobody
    in; False when it did not.
    """
    if not _was_not_let_in(desk, deployment, seen):
        return False
    if await ended(desk, deployment, seen):
        return True
    if not _waited(deployment):
        return False
    await timed_out(desk, deployment, seen)
    return True


async def why(desk: Desk, deployment: Deployment, seen: Deployment) -> str:
    """Why such a gate let nobody in, in words; empty when none kept this run out."""
    if not _was_not_let_in(desk, deployment, seen):
        return ""
    if no := await _no(desk, deployment, seen):
        return _rejected(no)
    return _given_up(deployment, seen) if _waited(deployment) else ""


def _was_not_let_in(desk: Desk, deployment: Deployment, seen: Deployment) -> bool:
    """Whether no runner took its work, as of a run that a gate kept out."""
    progress, is_ours = seen.progress, seen.protection is not None and seen.outside is None
    if deployment.state is not State.RUNNING or is_ours or not progress:
        return False
    return progress.was_not_taken and not progress.has_begun(desk.deploy_job(deployment) or "")


def _waited(deployment: Deployment) -> bool:
    """Whether its run was seen at a gate: a job that no runner took may as well have had none."""
    return deployment.progress is not None and deployment.progress.waits_at_gate


async def _no(desk: Desk, deployment: Deployment, seen: Deployment) -> Review | None:
    """The rejection; None also where GitHub goes on not to tell of any."""
    try:
        found = await reviews.read(desk, seen)
    except (Declined, NotFound):
        if not reviews.is_untold(deployment):
            raise
        return None
    return next((one for one in found if not one.approved), None)


def _who(desk: Desk, review: Review) -> str | None:
    people = desk.config.people.values()
    return next((p.slack for p in people if (p.github or "").lower() == review.login.lower()), None)


def _rejected(review: Review) -> str:
    said = review.comment.strip()
    return f"Rejected at GitHub by {review.login}{f': {said}' if said else ''}"


def _given_up(deployment: Deployment, seen: Deployment) -> str:
    conclusion = seen.progress.conclusion if seen.progress else None
    is_sure = seen.run_attempt == 1 and not reviews.is_untold(deployment)
    deed = "cancelled" if is_sure else "rejected or cancelled"
    return (
        f"The run ended with {conclusion} while it waited at GitHub's gate: the gate timed out, "
        f"or somebody {deed} it there"
    )
