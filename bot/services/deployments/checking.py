"""Checking: from a request to a card that waits for approval, or to a refusal with all its
reasons.
"""

from bot.domain import gates
from bot.domain.approvals.approvals import nudge_time
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Declined, NotFound
from bot.domain.gates.overrides import can_be_lifted, standing
from bot.domain.people import Role
from bot.domain.releases.release_drafts import ReleaseDraft, ReleaseDraftState
from bot.domain.versions import Version
from bot.messages.deployments import notes
from bot.messages.releases import with_offer
from bot.ports import Tx, Workflow
from bot.services.closures import closures
from bot.services.deployments.approval_watch import LOOK_AGAIN
from bot.services.desk import Desk, tell
from bot.services.directory import look_up
from bot.services.gates import evidence
from bot.services.gates.binding import bind
from bot.services.gates.rejudging import EVERY
from bot.services.gates.risks import risk
from bot.services.releases import releases
from bot.services.rollbacks import rolling_back
from bot.services.runs import dispatching, protecting


async def check(desk: Desk, deployment: Deployment) -> None:
    """Gather the evidence, judge it, and open the approval or refuse."""
    if deployment.state is State.REQUESTED:
        deployment = await desk.save(deployment, deployment.to(State.CHECKING, desk.now()))
    try:
        await _check(desk, deployment)
    except Declined as no:  # trying again would not help
        text = f"{no.system} does not let me read what I need: {no.text}. Ask an admin to look."
        await _refuse(desk, deployment, "not_readable", text)


async def _check(desk: Desk, deployment: Deployment) -> None:
    if deployment.kind is Kind.ROLLBACK:
        await rolling_back.prepare(desk, deployment)
        return
    requester = await look_up(desk, deployment.requested_by, Role.DEPLOYER)
    if not requester.holds(Role.DEPLOYER):
        await _refuse(
            desk, deployment, "not_allowed", "Only people with the role deployer may deploy"
        )
        return
    workflow = await _workflow(desk, deployment)
    if workflow is None:
        return
    try:
        tag = await desk.github.tag(deployment.repo, deployment.version)
    except NotFound:
        newest = [t.name for t in await desk.github.tags(deployment.repo)]
        missing = f"There is no tag {deployment.version} in {deployment.repo}."
        text = f"{missing} {_nearest(deployment.version, newest)}"
        draft = await releases.offer(desk, deployment, workflow.branch)
        await _refuse(desk, deployment, "no_such_version", text, draft=draft)
        return
    live = await desk.store.read(lambda tx: tx.live(deployment.service, deployment.environment))
    found = await evidence.gather(desk, deployment, tag, workflow, live)
    protection = protecting.configured(desk.config, deployment.service, deployment.environment)
    held = deployment.with_(protection=protection)
    verdicts = await evidence.judge(desk, held, workflow, found)
    known = held.with_(
        approvers=desk.config.approvers(deployment.service, deployment.environment),
        requested_by_github=requester.github,
        binding=bind(tag, workflow),
        changes=found.changes,
        verdicts=verdicts,
        migrations=found.migrations or (),
        backup=found.backups.newest if found.backups else None,
        rehearsal=found.way_back,
        risk=await risk(desk, deployment, found, live),
        before=(*found.monitors, *filter(None, [found.pace])),
    )
    if deployment.dry_run:
        await _answer_dry_run(desk, deployment, known)
    elif not can_be_lifted(known.verdicts):
        await _refuse(desk, deployment, "gate_blocked", _reasons(known), known)
    elif protection is not None and not standing(known):
        await dispatching.begin(desk, known, workflow)
    else:
        await _open_approval(desk, deployment, known)


async def _workflow(desk: Desk, deployment: Deployment) -> Workflow | None:
    try:
        return await desk.github.workflow(deployment.repo, deployment.workflow)
    except NotFound:
        text = (
            f"There is no workflow {deployment.workflow} in {deployment.repo}. "
            "Add it (examples/workflows/release.yml shows how), or name another in gonogo.yaml."
        )
        await _refuse(desk, deployment, "no_workflow", text)
        return None


async def _open_approval(desk: Desk, old: Deployment, known: Deployment) -> None:
    now = desk.now()
    expires = now + desk.config.approval.expires
    blocked = standing(known)
    look_again = now + LOOK_AGAIN if blocked else min(nudge_time(now, expires), now + EVERY)
    if known.rehearsal:
        look_again = min(look_again, known.rehearsal.due_at)
    opened = known.to(
        State.AWAITING_APPROVAL,
        now,
        expires_at=expires,
        due_at=await closures.look_again(desk, known, min(look_again, expires)),
    )
    told = tell(opened, "blocked", opened.requested_by, notes.blocked(opened, blocked))
    if not opened.approvers and not blocked:  # what was checked is all that it takes
        opened = opened.to(State.APPROVED, now)
    await desk.save(
        old,
        opened,
        action="blocked" if blocked else "opened",
        posts=(told,) if blocked else (),
        detail={
            "commit": opened.binding.commit if opened.binding else "",
            "verdicts": {v.gate: f"{v.level}: {v.text}" for v in opened.verdicts},
        },
    )


async def _refuse(
    desk: Desk,
    old: Deployment,
    code: str,
    text: str,
    known: Deployment | None = None,
    draft: ReleaseDraft | None = None,
) -> None:
    """End it with all reasons; with a draft of a release that would let it go on, if there is
    one.
    """
    ended = (known or old).end(State.REFUSED, desk.now(), code, text)

    def keep(tx: Tx) -> None:
        tx.save(old, ended)
        moved = {"from": old.state, "to": ended.state, "code": code, "why": text}
        tx.audit("gonogo", "refused", ended.name, **moved)
        message = notes.refused(ended, ended.verdicts)
        if draft is not None:
            offered = tx.add_release_draft(draft.to(ReleaseDraftState.READY))
            message = with_offer(message, offered)
        tx.post(tell(ended, "refused", ended.requested_by, message))

    await desk.store.run(keep)


async def _answer_dry_run(desk: Desk, old: Deployment, known: Deployment) -> None:
    ended = known.end(State.CANCELLED, desk.now(), "dry_run", "Dry run: nothing was deployed")
    post = tell(ended, "plan", ended.requested_by, notes.plan(ended))
    await desk.save(old, ended, action="dry_run", posts=(post,))


def _reasons(deployment: Deployment) -> str:
    return "; ".join(f"{v.text}. {v.action}".strip() for v in gates.blocks(deployment.verdicts))


def _nearest(version: str, names: list[str]) -> str:
    wanted = Version.parse(version)
    known = sorted((v for v in map(Version.parse, names) if v), reverse=True)
    if not known:
        return "The repository has no version tags yet."
    same = [v for v in known if wanted and (v.major, v.minor) == (wanted.major, wanted.minor)]
    listed = list(dict.fromkeys([*same[:3], *known[:3]]))[:4]
    return f"Known versions: {', '.join(map(str, listed))}."
