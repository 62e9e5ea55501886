"""Guards: whether what was approved may still happen, read afresh right before the effect."""

import asyncio
from dataclasses import dataclass

from bot.domain.approvals.approvals import is_enough, is_outdated, needed
from bot.domain.deployments.deployments import Approval, Deployment
from bot.domain.errors import Declined, NotFound
from bot.domain.gates import Evidence, Verdict
from bot.domain.gates.overrides import unlifted
from bot.domain.people import Actor, Role
from bot.domain.spans import span
from bot.ports import Workflow
from bot.services.desk import Desk
from bot.services.directory import look_up
from bot.services.gates import evidence
from bot.services.gates.binding import bound_now, difference
from bot.services.rollbacks import rolling_back

SAME_PERSON = "requester and approver are the same person"
NO_APPROVER = "the approver no longer holds that role"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why it may not: a stable word and a sentence.

    `void` are the approvals that no longer count, each with its reason; somebody else could still
    give theirs. `again`: nothing is wrong but that more people have to approve.
    """

    code: str
    text: str
    void: tuple[tuple[Approval, str], ...] = ()
    again: bool = False


async def objection(
    desk: Desk, deployment: Deployment, *, approved: bool = True
) -> tuple[Objection | None, Workflow | None]:
    """The first thing that is against it, and the workflow as it is now. Raises Fault.

    A run that is approved later, at its gate, is started without being `approved`.
    """
    if approved and not is_enough(deployment):
        given = f"{len(deployment.approvals)} of {needed(deployment)}"
        return Objection("not_approved", f"it has {given} approvals", again=True), None
    if against := await people(desk, deployment):
        return against, None
    now = await bound_now(desk, deployment)
    if isinstance(now, str):
        return Objection("moved", now), None
    tag, workflow = now
    if moved := difference(deployment, tag, workflow):
        return Objection("moved", moved), workflow
    if deployment.is_way_back:  # nothing but another operation ever stops it
        return None, workflow
    live = await desk.store.read(lambda tx: tx.live(deployment.service, deployment.environment))
    found = await evidence.gather(desk, deployment, tag, workflow, live)
    # Locks and calendar are judged last, because their verdicts are on this very moment.
    verdicts = await evidence.judge(desk, deployment, workflow, found)
    if blocking := unlifted(verdicts, deployment.overrides):
        _wait_for_unread(blocking, found)
        return Objection("gate_blocked", "; ".join(v.text for v in blocking)), workflow
    return None, workflow


def _wait_for_unread(blocking: tuple[Verdict, ...], found: Evidence) -> None:
    """Raise Fault where nothing but a silent source is in the way: that passes, and an approval is
    not void because of it.
    """
    faults = [found.unread.get(verdict.gate) for verdict in blocking]
    passing = [f for f in faults if f is not None and not isinstance(f, Declined | NotFound)]
    if len(passing) == len(blocking):
        raise passing[0]


async def people(desk: Desk, deployment: Deployment) -> Objection | None:
    """Everybody who took part, read afresh: the requester, and approvers, whose yes has an age."""
    lasts = desk.config.approval.expires
    if is_outdated(deployment, desk.now(), lasts):
        why = f"its approval is older than {span(lasts)}, and nothing was sent in all that time"
        return Objection("outdated", why, tuple((one, why) for one in deployment.approvals))
    if deployment.is_way_back and not deployment.approvals:
        if await rolling_back.requester_may(desk, deployment):
            return None
        deed = "undo a rollback" if deployment.reverses else "roll back"
        return Objection("role_gone", f"who asked for it may no longer {deed}")
    requester, *approvers = await asyncio.gather(
        look_up(desk, deployment.requested_by, role=Role.DEPLOYER),
        *(look_up(desk, given.who, role=Role.APPROVER) for given in deployment.approvals),
    )
    if not requester.holds(Role.DEPLOYER):
        return Objection("role_gone", "the deployer no longer holds that role")
    judged = zip(deployment.approvals, (_against(a, requester) for a in approvers), strict=True)
    if void := tuple((given, why) for given, why in judged if why):
        return Objection("not_approver", "; ".join(dict.fromkeys(why for _, why in void)), void)
    return None


def _against(approver: Actor, requester: Actor) -> str:
    if approver.is_same_person(requester.slack_id, requester.github):
        return SAME_PERSON
    return "" if approver.holds(Role.APPROVER) else NO_APPROVER
