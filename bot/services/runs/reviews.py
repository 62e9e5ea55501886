"""Reviews: who let a run past its gate at GitHub, and whether those were four eyes."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.approvals import approvals
from bot.domain.approvals.protection import Protection, Review
from bot.domain.deployments.deployments import Approval, Deployment
from bot.domain.deployments.states import State
from bot.domain.errors import Declined, Fault, NotFound
from bot.domain.people import Deed, Role
from bot.messages.deployments import protection as alerts
from bot.ports import Post
from bot.services.desk import Desk, announce
from bot.services.directory import look_up

ASK_AFTER = 3
"""Failures in a row to read who approved in the browser, after which all approvers are asked."""


async def read(desk: Desk, deployment: Deployment) -> tuple[Review, ...]:
    """What was answered for the environments of this deployment by others than us; where it is
    about none in particular, for any. Of what was answered to an earlier attempt, nothing counts.
    """
    if deployment.run_id is None:
        return ()
    listed = await desk.github.reviews(deployment.repo, deployment.run_id)
    return await _about(desk, deployment, listed)


async def read_at_gate(
    desk: Desk, deployment: Deployment, seen: Deployment
) -> tuple[Deployment, tuple[Review, ...]]:
    """The same of a run that stands at its gate, and the deployment with why GitHub does not tell
    it, where that goes on. Raises Fault where it may tell with the next look.
    """
    assert seen.protection is not None
    try:
        found = await read(desk, seen)
    except (Declined, NotFound) as no:
        if not is_untold(deployment):
            raise
        return seen.with_(protection=replace(seen.protection, unread=no.text)), ()
    return seen.with_(protection=replace(seen.protection, unread="")), found


def is_untold(deployment: Deployment) -> bool:
    """Whether GitHub goes on not to tell what was answered at the gates of its run."""
    unread = deployment.protection.unread if deployment.protection else ""
    return bool(unread) or deployment.failures >= ASK_AFTER


def not_known(why: str) -> str:
    """What is against four eyes where GitHub does not tell who answered."""
    return f"who let it in at GitHub could not be read ({why})"


async def _read_past(desk: Desk, deployment: Deployment) -> tuple[Deployment, tuple[Review, ...]]:
    """The same of a run that went past its gate, and the deployment with all that GitHub lists: who
    runs it again borrows nothing of that.
    """
    assert deployment.protection is not None
    listed = await desk.github.reviews(deployment.repo, deployment.run_id or 0)
    known = deployment.with_(protection=replace(deployment.protection, listed=listed))
    return known, await _about(desk, known, listed)


async def _about(
    desk: Desk, deployment: Deployment, listed: tuple[Review, ...]
) -> tuple[Review, ...]:
    protection = deployment.protection
    found = of_attempt(listed, deployment.run_attempt, protection.earlier if protection else None)
    if protection is None:
        return found
    if protection.unread and protection.earlier is None and deployment.run_attempt > 1:
        raise Declined("github", protection.unread)  # some may have been said to an earlier one
    answered = protection.answering_at is not None and not protection.is_rule
    ours = await desk.github.reviewer() if answered else None
    return tuple(one for one in found if one.login != ours and _is_about(protection, one))


def of_attempt(
    listed: tuple[Review, ...], attempt: int, earlier: tuple[Review, ...] | None
) -> tuple[Review, ...]:
    """The answers to this attempt of a run. GitHub lists those to all of them and does not tell
    which; where the `earlier` ones are not known, a no may be an earlier one, and is nobody's.
    """
    if attempt == 1:
        return listed
    if earlier is None:
        return tuple(one for one in listed if one.approved)
    left = list(listed)
    for one in earlier:
        if one in left:
            left.remove(one)
    return tuple(left)


async def with_earlier(desk: Desk, deployment: Deployment, seen: Deployment) -> Deployment:
    """The deployment with what was answered to the attempts of its run before this one, read when
    this one is seen to wait for the first time.
    """
    protection, progress = seen.protection, seen.progress
    waits = progress is not None and progress.status == "waiting"
    if protection is None or seen.run_attempt == 1 or not waits:
        return seen
    if protection.earlier is not None and seen.run_attempt == deployment.run_attempt:
        return seen
    try:
        listed = await desk.github.reviews(seen.repo, seen.run_id or 0)
    except (Declined, NotFound) as no:
        if not is_untold(deployment):
            raise
        return seen.with_(protection=replace(protection, earlier=None, unread=no.text))
    return seen.with_(protection=replace(protection, earlier=listed, unread=""))


def _is_about(protection: Protection, review: Review) -> bool:
    return any(map(protection.ours, review.environments))


async def counted(
    desk: Desk, deployment: Deployment, reviews: tuple[Review, ...], *, at_last: bool
) -> tuple[Deployment, tuple[str, ...]]:
    """The deployment with the approvals that were given in the browser and count as ours do; and
    what is against the others, in words.

    They have happened, so the roles of before count; all are read anew before one is passed on.
    Raises Fault where it is not known all the same who somebody is; `at_last` that is against it.
    """
    against: list[str] = []
    for login in dict.fromkeys(one.login for one in reviews if one.approved):
        try:
            given = await _approval(desk, deployment, login)
        except Fault as silent:
            if not at_last:
                raise
            given = f"approved at GitHub by {login}, whose role is not known ({silent.text})"
        if isinstance(given, str):
            against.append(given)
        elif given is not None:
            deployment = deployment.with_(approvals=(*deployment.approvals, given))
    return deployment, tuple(against)


async def counted_past(
    desk: Desk, deployment: Deployment, *, at_last: bool
) -> tuple[Deployment, tuple[Review, ...], tuple[str, ...]]:
    """The same of a run that went past its gate, with who let it in there. `at_last` it is against
    it, too, that this may not be read; where GitHub is only silent, that raises Fault all the same.
    """
    try:
        known, found = await _read_past(desk, deployment)
    except (Declined, NotFound) as no:
        if not at_last:
            raise
        return deployment, (), (not_known(no.text),)
    known, against = await counted(desk, known, found, at_last=at_last)
    return known, found, against


async def _approval(desk: Desk, deployment: Deployment, login: str) -> Approval | str | None:
    """The approval of a login; what is against it; None where that person has approved already."""
    said = f"approved at GitHub by {login}"
    people = desk.config.people.values()
    known = next((p for p in people if p.github and p.github.lower() == login.lower()), None)
    if login.lower() == (deployment.requested_by_github or "").lower():
        return f"{said}, who asked for it"
    if known is None:
        return f"{said}, an account that belongs to nobody in gonogo.yaml"
    actor = await look_up(desk, known.slack, Role.APPROVER, deed=Deed.ENDS)
    if actor.is_same_person(deployment.requested_by, deployment.requested_by_github):
        return f"{said}, who asked for it"
    if not actor.holds(Role.APPROVER):
        return f"{said}, who is no approver"
    if any(actor.is_same_person(one.who, one.github) for one in deployment.approvals):
        return None
    return approvals.approved(deployment, actor, desk.now(), fresh=True)


def judged(
    desk: Desk, deployment: Deployment, against: tuple[str, ...]
) -> tuple[Deployment, tuple[Post, ...]]:
    """The deployment whose run went past its gate, with what is said where that broke the rule of
    four eyes.
    """
    assert deployment.protection is not None
    passed = deployment.with_(protection=replace(deployment.protection, passed=True))
    why = list(against)
    if deployment.ends_as in (State.REJECTED, State.VOID):
        why.append(f"it was {deployment.ends_as} here, and GitHub let it go on")
    elif approvals.is_enough(deployment):
        return passed, ()
    return broken_by(desk, passed, why)


def broken_by(
    desk: Desk, deployment: Deployment, why: Sequence[str]
) -> tuple[Deployment, tuple[Post, ...]]:
    """The deployment of whose run GitHub let in something without enough approvals, and the alert;
    `why` are the reasons that are known.
    """
    given, needed = len(deployment.approvals), approvals.needed(deployment)
    reasons = why or [f"it went past GitHub's gate with {given} of {needed} approvals"]
    broken = deployment.with_(four_eyes="; ".join(reasons))
    return broken, (announce(desk.config, broken, "four-eyes", alerts.four_eyes(broken)),)
