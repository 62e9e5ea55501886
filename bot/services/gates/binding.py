"""Binding: what an approval is for, compared with what GitHub has now."""

import asyncio

from bot.domain.deployments.deployments import Binding, Deployment
from bot.domain.errors import NotFound
from bot.ports import Tag, Workflow
from bot.services.desk import Desk


def bind(tag: Tag, workflow: Workflow) -> Binding:
    """What an approval is for."""
    return Binding(tag_object=tag.object_sha, commit=tag.commit, workflow_blob=workflow.blob)


async def bound_now(desk: Desk, deployment: Deployment) -> tuple[Tag, Workflow] | str:
    """The tag and the workflow as they are now, or in words what is gone. Raises Fault."""
    try:
        tag, workflow = await asyncio.gather(
            desk.github.tag(deployment.repo, deployment.version),
            desk.github.workflow(deployment.repo, deployment.workflow),
        )
    except NotFound as gone:
        return f"it is gone from GitHub ({gone.text})"
    return tag, workflow


def difference(deployment: Deployment, tag: Tag, workflow: Workflow) -> str:
    """What no longer is as it was approved, in words; empty when nothing moved."""
    was, now = deployment.binding, bind(tag, workflow)
    if was is None:
        return "it was never bound to a commit"
    if moved := tag_moved(deployment.version, was, tag):
        return moved
    if was.workflow_blob != now.workflow_blob:
        return f"{deployment.workflow} changed since the request"
    return ""


def tag_moved(version: str, was: Binding, tag: Tag) -> str:
    """Whether the tag is no longer what was approved, in words; empty when it still is."""
    if was.commit != tag.commit:
        return f"{version} moved {was.commit[:7]} → {tag.commit[:7]} since the request"
    if was.tag_object != tag.object_sha:
        return f"the tag {version} was made anew since the request"
    return ""


async def workflow_moved(desk: Desk, deployment: Deployment, ref: str) -> str:
    """Whether the workflow file on a branch is no longer the one that was approved, in words; empty
    when it still is. Raises Fault.
    """
    was, file = deployment.binding, deployment.workflow
    try:
        blob = await desk.github.workflow_blob(deployment.repo, file, ref)
    except NotFound as gone:
        return f"it is gone from GitHub ({gone.text})"
    return "" if was is None or blob == was.workflow_blob else f"{file} changed since the request"
