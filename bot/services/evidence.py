"""Evidence: what the gates judge, read from GitHub and production at one time."""

import asyncio

from bot.domain.changes import ChangeList
from bot.domain.deployments import Binding, Deployment
from bot.domain.errors import Fault
from bot.domain.gates import Evidence
from bot.ports import Tag, Workflow
from bot.services.desk import Desk

FILLED = frozenset({"version", "sha", "request_id", "requested_by"})
"""The workflow inputs that the bot can fill."""


def binding(tag: Tag, workflow: Workflow) -> Binding:
    """What an approval is for."""
    return Binding(tag_object=tag.object_sha, commit=tag.commit, workflow_blob=workflow.blob)


async def gather(
    desk: Desk, deployment: Deployment, tag: Tag, workflow: Workflow, live: Deployment | None
) -> Evidence:
    """Read everything the gates need, side by side. Raises Fault when GitHub does not answer."""
    repo = deployment.repo
    base = (live.binding.commit if live.binding else live.version) if live else None
    released, changes, on_branch, checks, own_runs = await asyncio.gather(
        desk.github.has_release(repo, tag.name),
        _changes(desk, repo, base, tag.commit),
        _on_branch(desk, repo, tag.commit, workflow.branch),
        desk.github.checks(repo, tag.commit),
        desk.github.runs(repo, workflow.file, dispatched_only=False),
    )
    # A run of the release workflow leaves its jobs as checks on the branch's newest commit; they
    # say nothing about the commit itself.
    own = {run.id for run in own_runs}
    if live and changes.base is not None:
        changes = ChangeList(
            base=live.version,
            ancestry=changes.ancestry,
            commits=changes.commits,
            files=changes.files,
            changes=changes.changes,
            url=changes.url,
        )
    missing = tuple(
        sorted(
            name for name, required in workflow.inputs.items() if required and name not in FILLED
        )
    )
    if "version" not in workflow.inputs:
        missing = (*missing, "version (not declared)")
    return Evidence(
        version=deployment.version,
        live=live.version if live else None,
        on_branch=on_branch,
        branch=workflow.branch,
        released=released,
        checks=tuple(check for check in checks if check.run_id not in own),
        changes=changes,
        workflow_active=workflow.active,
        missing_inputs=missing,
    )


async def _changes(desk: Desk, repo: str, base: str | None, head: str) -> ChangeList:
    try:
        return await desk.github.changes(repo, base, head)
    except Fault:
        return await desk.github.changes(repo, None, head)


async def _on_branch(desk: Desk, repo: str, commit: str, branch: str) -> bool | None:
    try:
        return await desk.github.is_on_branch(repo, commit, branch)
    except Fault:
        return None


async def baseline(desk: Desk, deployment: Deployment) -> float | None:
    """The response time of production before it changes, in milliseconds."""
    url = desk.health_url(deployment)
    if url is None:
        return None
    probe = await desk.probes.health(url)
    return None if probe.problem else probe.ms
