"""Guards: whether what was approved may still happen, read afresh right before the effect."""

from dataclasses import dataclass

from bot.domain import gates
from bot.domain.deployments import Deployment
from bot.domain.people import Actor, Role
from bot.ports import Workflow
from bot.services import evidence
from bot.services.binding import bound_now, difference
from bot.services.desk import Desk
from bot.services.directory import look_up


@dataclass(frozen=True, slots=True)
class Objection:
    """Why it may not: a stable word and a sentence.

    `only_approver` says that somebody else could still approve it.
    """

    code: str
    text: str
    only_approver: bool = False


async def objection(desk: Desk, deployment: Deployment) -> tuple[Objection | None, Workflow | None]:
    """The first thing that is against it, and the workflow as it is now. Raises Fault."""
    if against := await _people(desk, deployment):
        return against, None
    now = await bound_now(desk, deployment)
    if isinstance(now, str):
        return Objection("moved", now), None
    tag, workflow = now
    if moved := difference(deployment, tag, workflow):
        return Objection("moved", moved), workflow
    live = await desk.store.read(lambda tx: tx.live(deployment.service, deployment.environment))
    found = await evidence.gather(desk, deployment, tag, workflow, live)
    # The calendar is judged last, because its verdict is on this very moment.
    if blocking := gates.blocks(evidence.judge(desk, deployment, found)):
        return Objection("gate_blocked", "; ".join(v.text for v in blocking)), workflow
    return None, workflow


async def _people(desk: Desk, deployment: Deployment) -> Objection | None:
    approver = await look_up(desk, deployment.approved_by or "", role=Role.APPROVER)
    requester = await look_up(desk, deployment.requested_by, role=Role.DEPLOYER)
    if not requester.holds(Role.DEPLOYER):
        return Objection("role_gone", "the deployer no longer holds that role")
    if _is_one(approver, requester):
        return Objection("same_person", "requester and approver are the same person", True)
    if not approver.holds(Role.APPROVER):
        return Objection("role_gone", "the approver no longer holds that role", True)
    return None


def _is_one(approver: Actor, requester: Actor) -> bool:
    return approver.is_same_person(requester.slack_id, requester.github)
