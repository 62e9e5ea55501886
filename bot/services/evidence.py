"""Evidence: what the gates judge, read from GitHub and production at one time."""

import asyncio
from dataclasses import replace

from bot.domain import gates, hotfix
from bot.domain.changes import ChangeList
from bot.domain.deployments import Deployment
from bot.domain.errors import NotFound
from bot.domain.gates import Evidence, Verdict
from bot.ports import Tag, Workflow
from bot.services import closures
from bot.services.desk import Desk

FILLED = frozenset({"version", "sha", "request_id", "requested_by"})
"""The workflow inputs that the bot can fill."""


async def gather(
    desk: Desk, deployment: Deployment, tag: Tag, workflow: Workflow, live: Deployment | None
) -> Evidence:
    """Read everything the gates need, side by side. Raises Fault when GitHub does not answer."""
    repo = deployment.repo
    base = (live.binding.commit if live.binding else live.version or None) if live else None
    released, changes, on_branch, checks, own_runs = await asyncio.gather(
        desk.github.has_release(repo, tag.name),
        change_list(desk, repo, base, tag.commit),
        desk.github.is_on_branch(repo, tag.commit, workflow.branch),
        desk.github.checks(repo, tag.commit),
        desk.github.runs(repo, workflow.file, dispatched_only=False),
    )
    # A run of the release workflow leaves its jobs as checks on the branch's newest commit; they
    # say nothing about the commit itself.
    own = {run.id for run in own_runs}
    if live and live.version and changes.base is not None:
        changes = replace(changes, base=live.version)
    missing = tuple(
        sorted(
            name for name, required in workflow.inputs.items() if required and name not in FILLED
        )
    )
    if "version" not in workflow.inputs:
        missing = (*missing, "version (not declared)")
    return Evidence(
        version=deployment.version,
        live=(live.version or None) if live else None,
        on_branch=on_branch,
        branch=workflow.branch,
        released=released,
        checks=tuple(check for check in checks if check.run_id not in own),
        changes=changes,
        workflow_active=workflow.active,
        missing_inputs=missing,
    )


async def judge(desk: Desk, deployment: Deployment, found: Evidence) -> tuple[Verdict, ...]:
    """Every gate's verdict on what was gathered; locks and calendar at this very moment."""
    return (
        *hotfix.softened(gates.judge(found), deployment.kind),
        *await closures.now(desk, deployment),
    )


async def change_list(desk: Desk, repo: str, base: str | None, head: str) -> ChangeList:
    """What the version brings; alone where GitHub no longer has what is live."""
    try:
        return await desk.github.changes(repo, base, head)
    except NotFound:
        return await desk.github.changes(repo, None, head)


async def baseline(desk: Desk, deployment: Deployment) -> float | None:
    """The response time of production before it changes, in milliseconds."""
    url = desk.health_url(deployment)
    if url is None:
        return None
    probe = await desk.probes.health(url)
    return None if probe.problem else probe.ms
