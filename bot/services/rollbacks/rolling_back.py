"""Rolling back: what is read for a rollback before it is sent; little, and nothing that could stop
it.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from bot.domain.approvals.approvals import nudge_time
from bot.domain.deployments import migrations
from bot.domain.deployments.changes import MOST_FILES, ChangeList
from bot.domain.deployments.deployments import Binding, Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.errors import Fault, NotFound
from bot.domain.people import Role
from bot.domain.rollbacks.reversals import MAY_REVERSE
from bot.domain.rollbacks.rollbacks import MAY_ROLL_BACK
from bot.messages.deployments import announcements
from bot.messages.rollbacks import rollbacks as messages
from bot.ports import Tag, Tx, Workflow
from bot.services.desk import Desk, announce
from bot.services.directory import look_up
from bot.services.gates.binding import bind, tag_moved
from bot.services.rollbacks import undoing as databases
from bot.services.rollbacks.deeds import deed_of

TELLS_WITHIN = 5.0
"""Seconds of real time for GitHub to tell what a way back over targets can do without."""

ASKS_AGAIN = timedelta(minutes=1)
"""How soon GitHub is asked for a commit that it did not tell."""

MOST_LOOKED_AT = 200
"""Deployments among which the one is looked for that ran the version."""


async def prepare(desk: Desk, deployment: Deployment) -> None:
    """Bind it to the commit and the workflow that will run; a forced one then waits for a second
    person. Raises Fault where it takes a workflow.
    """
    if is_over_targets(desk, deployment):
        await _prepare_over_targets(desk, deployment)
        return
    workflow = await _workflow(desk, deployment)
    if workflow is None:
        text = f"{deployment.repo} has neither {deployment.workflow} nor its release workflow"
        await _give_up(desk, deployment, "no_workflow", text)
        return
    try:
        tag = await desk.github.tag(deployment.repo, deployment.version)
    except NotFound:
        text = f"{deployment.repo} has no tag {deployment.version} any more"
        await _give_up(desk, deployment, "no_such_version", text)
        return
    compared = await _compared(desk, deployment, tag.commit)
    known = compared.with_(workflow=workflow.file, binding=bind(tag, workflow), due_at=desk.now())
    if deployment.state is State.CHECKING:
        known = _opened(desk, known)
    await desk.save(deployment, known, action="prepared", detail={"commit": tag.commit})


def _opened(desk: Desk, known: Deployment) -> Deployment:
    """It when it waits for a second person."""
    now = desk.now()
    expires = now + desk.config.approval.expires
    due = min(nudge_time(now, expires), expires)
    return known.to(State.AWAITING_APPROVAL, now, expires_at=expires, due_at=due)


async def _prepare_over_targets(desk: Desk, deployment: Deployment) -> None:
    """Have a forced one approved: the commit of its version, where that is known; else the version,
    as each target has it. Only a version that GitHub surely does not have is refused.
    """
    known, silence = await as_it_ran(desk, deployment)
    if isinstance(silence, NotFound):
        text = f"{deployment.repo} has no tag {deployment.version} any more"
        await _give_up(desk, deployment, "no_such_version", text)
        return
    opened = _opened(desk, known)
    if silence is not None:
        asked_again = min(opened.due_at or desk.now(), desk.now() + ASKS_AGAIN)
        opened = opened.with_(notice=messages.unbound(opened, silence.text), due_at=asked_again)
    await desk.save(deployment, opened, action="prepared", detail={"commit": opened.short_sha})


async def as_it_ran(desk: Desk, deployment: Deployment) -> tuple[Deployment, Fault | None]:
    """A way back over targets with the commit of its version: what ran here when that was good,
    else its tag; and why nobody knows it. GitHub is asked for what is not known, and nothing waits
    until it answers.
    """
    bound = await desk.store.read(lambda tx: _ran_as(tx, deployment))
    if bound is None:
        tag = await _tag(desk, deployment)
        if isinstance(tag, Fault):
            return deployment, tag
        bound = _by_tag(tag)
    return await _bound_to(desk, deployment, bound), None


async def as_tagged(desk: Desk, deployment: Deployment) -> tuple[Deployment, str]:
    """A forced one over targets while it waits, with the commit that its tag has where it had none;
    and what is against it, in words. Where GitHub is silent it is as it was.
    """
    was = deployment.binding
    if was is not None and was == await desk.store.read(lambda tx: _ran_as(tx, deployment)):
        return deployment, ""
    tag = await _tag(desk, deployment)
    if isinstance(tag, NotFound):
        return deployment, f"it is gone from GitHub ({tag.text})"
    if isinstance(tag, Fault):
        return deployment, ""
    if was is not None:
        return deployment, tag_moved(deployment.version, was, tag)
    return (await _bound_to(desk, deployment, _by_tag(tag))).with_(notice=""), ""


async def _tag(desk: Desk, deployment: Deployment) -> Tag | Fault:
    """The tag of its version, else why GitHub does not tell it."""
    try:
        async with asyncio.timeout(TELLS_WITHIN):
            return await desk.github.tag(deployment.repo, deployment.version)
    except TimeoutError:
        return Fault("github", f"no answer within {TELLS_WITHIN:g} s")
    except Fault as fault:
        return fault


def _by_tag(tag: Tag) -> Binding:
    return Binding(tag_object=tag.object_sha, commit=tag.commit, workflow_blob="")


async def _bound_to(desk: Desk, deployment: Deployment, bound: Binding) -> Deployment:
    """It with that commit, and with what lies in between where GitHub tells that in time."""
    known = deployment
    with suppress(TimeoutError):
        async with asyncio.timeout(TELLS_WITHIN):
            known = await _compared(desk, deployment, bound.commit)
    return known.with_(binding=bound)


def _ran_as(tx: Tx, deployment: Deployment) -> Binding | None:
    earlier = tx.history(deployment.service, deployment.environment, limit=MOST_LOOKED_AT)
    good = (d for d in earlier if d.state is State.SUCCEEDED and d.version == deployment.version)
    bound = next((d.binding for d in good if d.binding), None)
    return replace(bound, workflow_blob="") if bound else None


async def requester_may(desk: Desk, deployment: Deployment) -> bool:
    """Whether the requester still may roll back, read afresh; one that was not asked for rests on
    the configuration.

    Where it ends what is broken, the roles of before count if Slack or a group does not answer.
    """
    if deployment.is_unasked:
        settings = desk.config.environment(deployment.service, deployment.environment)
        return settings is not None and settings.automatic_rollback
    roles = _may(deployment)
    kind = await deed_of(desk, deployment)
    actor = await look_up(desk, deployment.requested_by, *roles, deed=kind)
    return actor.holds(*roles)


def _may(deployment: Deployment) -> tuple[Role, ...]:
    return MAY_REVERSE if deployment.reverses else MAY_ROLL_BACK


async def _workflow(desk: Desk, deployment: Deployment) -> Workflow | None:
    """The rollback workflow, else the release workflow, which an earlier version suits as well."""
    service = desk.config.services.get(deployment.service)
    files = (deployment.workflow, service.workflow if service else "")
    return await first_there(desk, deployment.repo, files)


async def first_there(desk: Desk, repo: str, files: Iterable[str]) -> Workflow | None:
    """The first of these workflow files that the repository has. Raises Fault."""
    for file in dict.fromkeys(filter(None, files)):
        try:
            return await desk.github.workflow(repo, file)
        except NotFound:
            continue
    return None


async def _compared(desk: Desk, deployment: Deployment, commit: str) -> Deployment:
    """With what goes away, or comes again, for people to read, and with the migrations among it
    where they are not known; a way back does not wait for it.
    """

    def read(tx: Tx) -> tuple[Deployment | None, Deployment | None]:
        live = tx.live(deployment.service, deployment.environment)
        return live, databases.named(tx, deployment.rolls_back)

    live, left = await desk.store.read(read)
    goes = live if live and live.version != deployment.version else None
    newer = goes or (left if deployment.unread else None)
    if newer is None:
        return deployment
    head = newer.binding.commit if newer.binding else newer.version
    try:
        between = (head, commit) if deployment.reverses else (commit, head)
        found = await desk.github.changes(deployment.repo, *between)
    except Fault as fault:
        why = f"{fault.system}: {fault.text}"
        return deployment.with_(unread=deployment.unread and why)
    known = _listed(desk, deployment, found) if deployment.unread else deployment
    return known.with_(changes=found.kept) if goes else known


def _listed(desk: Desk, deployment: Deployment, found: ChangeList) -> Deployment:
    """With the migrations of a comparison."""
    service = desk.config.services.get(deployment.service)
    if service is None or service.migrations is None:
        return deployment
    listed = migrations.find(found.touched, service.migrations.rule())
    unread = "" if found.names_all_files else f"GitHub names only {MOST_FILES} of the files"
    return deployment.with_(migrations=listed, unread=unread)


async def _give_up(desk: Desk, deployment: Deployment, code: str, text: str) -> None:
    state = State.REFUSED if deployment.state is State.CHECKING else State.FAILED
    ended = deployment.end(state, desk.now(), code, text)
    post = announce(desk.config, ended, "failed", announcements.failed(ended))
    await desk.save(deployment, ended, action="failed", posts=(post,), detail={"why": text})


def is_over_targets(desk: Desk, deployment: Deployment) -> bool:
    """Whether it is a rollback that takes no workflow; what undoes one may take it all the same,
    where a workflow had gone back.
    """
    return deployment.kind is Kind.ROLLBACK and bool(desk.targets_of(deployment))


def is_unprepared(deployment: Deployment) -> bool:
    """Whether it is a way back that is not bound to anything yet."""
    return deployment.is_way_back and deployment.binding is None
