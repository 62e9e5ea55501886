"""Voiding: what becomes of an approval that no longer holds: void, or waited for once more."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.words import listing
from bot.messages.deployments import notes
from bot.ports import Post
from bot.services.deployments.asking import asking
from bot.services.desk import Desk, direct
from bot.services.gates.guards import Objection
from bot.services.rollbacks import half_back


async def void(desk: Desk, deployment: Deployment, code: str, why: str) -> None:
    """End a deployment whose approval no longer holds, or would not, and tell its people."""
    then = "GitHub is asked to stop its run." if deployment.run_id else "Nothing was deployed."
    void_too = "; the approval is void" if deployment.approvals else ""
    text = f"{why}{void_too}. {let_in_before(deployment)}{then} Ask for a new one."
    ended = deployment.close(State.VOID, desk.now(), code, text)
    people = dict.fromkeys(who for who in (deployment.requested_by, *deployment.approved_by) if who)
    posts = tuple(direct(deployment, "void", who, notes.settled(ended, text)) for who in people)
    await desk.save(deployment, ended, action="voided", posts=posts, detail={"why": why})


def let_in_before(deployment: Deployment) -> str:
    """Which jobs of its run were let in at GitHub's gate, as a sentence; empty where none was."""
    jobs = deployment.protection.let_in if deployment.protection else ()
    return f"{listing(jobs)} had been let in before. " if any(jobs) else ""


async def not_approved(desk: Desk, deployment: Deployment, against: Objection) -> None:
    """Void what was approved; where only approvers are the matter, undo theirs and wait again, with
    all the time there is where it was over. What is half-way back is a person's.
    """
    if half_back.is_half_back(deployment):
        why = against.text
        bad, alert = half_back.left_to_a_person(desk.config, deployment, desk.now(), why)
        await desk.save(deployment, bad, action="half_back", posts=(alert,), detail={"why": why})
        return
    if not (against.void or against.again):
        await void(desk, deployment, against.code, against.text)
        return
    now = desk.now()
    left = tuple(one for one in deployment.approvals if one not in dict(against.void))
    lifted = deployment.overrides if against.lifted is None else against.lifted
    waiting = deployment.to(State.AWAITING_APPROVAL, now, approvals=left, overrides=lifted)
    asked: tuple[Post, ...] = ()
    if waiting.expires_at is None or waiting.expires_at <= now:
        expires = now + desk.config.approval.expires
        waiting = waiting.with_(expires_at=expires, nudged_at=now)
        # The list of approvers may not know yet who is none any more; they read why.
        gone = [one.who for one, _ in against.void] if against.code == "not_approver" else []
        asked = await asking(desk, waiting, again=True, but=gone)
    posts = tuple(
        direct(
            deployment,
            "not-approver",
            one.who,
            notes.settled(deployment, f"Your approval does not count: {why}."),
        )
        for one, why in against.void
    )
    undone = {one.who: why for one, why in against.void}
    undo, posts = "approval_undone", (*posts, *asked)
    await desk.save(deployment, waiting, action=undo, posts=posts, detail=undone)
