"""Guards: whether what was approved may still happen, read afresh right before the effect."""

import asyncio
from dataclasses import dataclass

from bot.config import Config
from bot.domain.approvals.approvals import is_enough, is_outdated, needed
from bot.domain.deployments.deployments import Approval, Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Declined, NotFound, Refusal
from bot.domain.gates import Evidence, title
from bot.domain.gates.checklist import Entry, asked_of_approver
from bot.domain.gates.items import title as entry_title
from bot.domain.gates.overrides import unlifted
from bot.domain.gates.signatures import Override
from bot.domain.people import Actor, Role
from bot.domain.spans import span
from bot.domain.words import listing
from bot.ports import Tx, Workflow
from bot.services.closures import closures
from bot.services.deployments.requests import mends_still
from bot.services.desk import Desk
from bot.services.directory import look_up
from bot.services.gates import evidence
from bot.services.gates.binding import bound_now, difference
from bot.services.rollbacks import rolling_back
from bot.services.rollbacks.deeds import deed_of

SAME_PERSON = "requester and approver are the same person"
NO_APPROVER = "the approver no longer holds that role"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why it may not: a stable word and a sentence.

    `void` are the approvals that no longer count, each with its reason; somebody else could still
    give theirs. `again`: nothing is wrong but that more people have to approve. `lifted` are the
    overrides that still count.
    """

    code: str
    text: str
    void: tuple[tuple[Approval, str], ...] = ()
    again: bool = False
    lifted: tuple[Override, ...] | None = None


async def objection(
    desk: Desk, deployment: Deployment, *, approved: bool = True
) -> tuple[Objection | None, Workflow | None, Deployment]:
    """The first thing that is against it, the workflow as it is now, and the deployment with what
    its gates say now. Raises Fault.

    A run that is approved later, at its gate, is started without being `approved`.
    """
    if approved and (lacking := _lacking(deployment)):
        return lacking, None, deployment
    if against := await people(desk, deployment):
        return against, None, deployment
    now = await bound_now(desk, deployment)
    if isinstance(now, str):
        return Objection("moved", now), None, deployment
    tag, workflow = now
    if moved := difference(deployment, tag, workflow):
        return Objection("moved", moved), workflow, deployment
    if deployment.is_way_back:  # nothing but another operation ever stops it
        return None, workflow, deployment
    if over := await desk.store.read(lambda tx: _incident_over(tx, deployment)):
        return Objection("incident_over", over), workflow, deployment
    live = await desk.store.read(lambda tx: tx.live(deployment.service, deployment.environment))
    found = await evidence.gather(desk, deployment, tag, workflow, live)
    # Locks and calendar are judged last, because their verdicts are on this very moment.
    seen = await evidence.looked_at(desk, deployment, workflow, found)
    if blocking := unlifted(seen.verdicts, deployment.overrides):
        _wait_for_unread([verdict.gate for verdict in blocking], found)
        why = "; ".join(verdict.text for verdict in blocking)
        return Objection("gate_blocked", why), workflow, seen
    if deployment.state is State.APPROVED and (changed := _no_longer_read(deployment, seen)):
        _wait_for_unread([entry.item for entry in changed], found)
        why = "; ".join(f"“{entry_title(e.item)}” is a question again: {e.text}" for e in changed)
        void = tuple((given, why) for given in deployment.approvals)
        return Objection("evidence_gone", why, void), workflow, seen
    return None, workflow, seen


def objection_now(tx: Tx, config: Config, deployment: Deployment) -> Objection | None:
    """What has come against it by this very moment, as far as the store alone tells; never anything
    against a rollback.

    Whoever stores the intent of an effect asks in the same transaction: what `objection` read is
    some seconds old by then, and what an undo was allowed may have waited for Slack for hours.
    """
    if deployment.kind is Kind.ROLLBACK:
        return None
    if over := _incident_over(tx, deployment):
        return Objection("incident_over", over)
    why = closures.closed(tx, config, deployment)
    return Objection("gate_blocked", why) if why else None


async def over_targets(desk: Desk, deployment: Deployment) -> Objection | None:
    """The first thing that is against a way back that takes no workflow; what GitHub says of its
    tag counts, and silence is nothing. Raises Fault.
    """
    if against := _lacking(deployment) or await people(desk, deployment):
        return against
    moved = ""
    if deployment.approvers:
        _, moved = await rolling_back.as_tagged(desk, deployment)
    return Objection("moved", moved) if moved else None


def _lacking(deployment: Deployment) -> Objection | None:
    if is_enough(deployment):
        return None
    given = f"{len(deployment.approvals)} of {needed(deployment)}"
    return Objection("not_approved", f"it has {given} approvals", again=True)


def _wait_for_unread(gates: list[str], found: Evidence) -> None:
    """Raise Fault where nothing but a silent source is in the way: that passes, and an approval is
    not void because of it.
    """
    faults = [found.fault(gate) for gate in gates]
    passing = [f for f in faults if f is not None and not isinstance(f, Declined | NotFound)]
    if len(passing) == len(gates):
        raise passing[0]


def _no_longer_read(before: Deployment, now: Deployment) -> tuple[Entry, ...]:
    """What approvers were not asked, because it was read as done, and would be asked now. What was
    let through one gate at GitHub is not asked about again at the next.
    """
    if not before.approvals or (before.protection and before.protection.answered):
        return ()
    asked = {entry.item for entry in asked_of_approver(before)}
    return tuple(entry for entry in asked_of_approver(now) if entry.item not in asked)


async def people(desk: Desk, deployment: Deployment) -> Objection | None:
    """Everybody who took part, read afresh: the requester, and approvers, whose yes has an age."""
    lasts = desk.config.approval.expires
    if is_outdated(deployment, desk.now(), lasts):
        why = f"its approval is older than {span(lasts)}, and nothing was sent in all that time"
        return Objection("outdated", why, tuple((one, why) for one in deployment.approvals))
    if deployment.is_way_back:
        if not await rolling_back.requester_may(desk, deployment):
            what = "undo a rollback" if deployment.reverses else "roll back"
            return Objection("role_gone", f"who asked for it may no longer {what}")
        if not deployment.approvals:
            return None
    is_back, kind = deployment.is_way_back, await deed_of(desk, deployment)
    asked = () if is_back else (Role.DEPLOYER,)
    requester, *approvers = await asyncio.gather(
        look_up(desk, deployment.requested_by, *asked, deed=kind),
        *(look_up(desk, given.who, Role.APPROVER, deed=kind) for given in deployment.approvals),
    )
    if not (is_back or requester.holds(Role.DEPLOYER)):
        return Objection("role_gone", "the deployer no longer holds that role")
    judged = zip(deployment.approvals, (_against(a, requester) for a in approvers), strict=True)
    if void := tuple((given, why) for given, why in judged if why):
        return Objection("not_approver", "; ".join(dict.fromkeys(why for _, why in void)), void)
    return await _overriders(desk, deployment, requester)


async def _overriders(desk: Desk, deployment: Deployment, requester: Actor) -> Objection | None:
    """Everybody who lifted a gate: what they may lift no more is a new question, and what was
    approved with it as well.
    """
    people = dict.fromkeys(override.by for override in deployment.overrides)
    may = {who: await _may_lift(desk, who, requester) for who in people}
    kept = tuple(override for override in deployment.overrides if may[override.by])
    if kept == deployment.overrides:
        return None
    gone = listing(sorted({title(o.gate) for o in deployment.overrides if not may[o.by]}))
    why = f"who lifted “{gone}” may no longer do so"
    void = tuple((given, why) for given in deployment.approvals)
    return Objection("override_gone", why, void, again=True, lifted=kept)


async def _may_lift(desk: Desk, who: str, requester: Actor) -> bool:
    roles = Role.APPROVER, Role.ADMIN
    found = await look_up(desk, who, *roles)
    return found.holds(*roles) and not found.is_same_person(requester.slack_id, requester.github)


def _incident_over(tx: Tx, deployment: Deployment) -> str:
    """Why the hotfix lane is not for it any more; empty where it is, or it never was in it."""
    try:
        mends_still(tx, deployment)
    except Refusal as no:
        return str(no).rstrip(".")
    return ""


def _against(approver: Actor, requester: Actor) -> str:
    if approver.is_same_person(requester.slack_id, requester.github):
        return SAME_PERSON
    return "" if approver.holds(Role.APPROVER) else NO_APPROVER
