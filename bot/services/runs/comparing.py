"""Comparing: whether a run was made of the workflow file that was approved."""

from dataclasses import replace

from bot.domain.deployments.deployments import Deployment, Ending
from bot.domain.deployments.runs import RunSummary
from bot.domain.deployments.states import State
from bot.domain.errors import NotFound
from bot.messages.deployments import announcements
from bot.services.desk import Desk, announce

NOT_THERE = "not to be seen"
"""What stands for the file where GitHub does not show it in the run's commit."""


async def compared(desk: Desk, seen: Deployment, run: RunSummary) -> Deployment:
    """The deployment with the workflow file that its run was made of, which is read once: GitHub
    takes the newest of the branch, and somebody may have pushed right before. Raises Fault.
    """
    intent = seen.dispatch
    if intent is None or intent.ran or seen.binding is None or not run.commit:
        return seen
    try:
        blob = await desk.github.workflow_blob(seen.repo, seen.workflow, run.commit)
    except NotFound:
        blob = NOT_THERE
    return seen.with_(dispatch=replace(intent, ran=blob))


def is_another(deployment: Deployment) -> bool:
    """Whether its run was made of a workflow file that nobody approved."""
    bound, intent = deployment.binding, deployment.dispatch
    return bound is not None and intent is not None and intent.ran_another(bound.workflow_blob)


async def stopped(desk: Desk, deployment: Deployment, seen: Deployment) -> bool:
    """Have GitHub stop a run that was made of another file, and tell people; whether that was to be
    done.
    """
    is_over = seen.progress is not None and seen.progress.is_over
    if deployment.state is not State.RUNNING or is_over or not is_another(seen):
        return False
    text = (
        f"Run {seen.run_id} was made of a {seen.workflow} that nobody approved: the file changed "
        "right before it began. GitHub is asked to stop it. Check production."
    )
    ending = Ending(code="aborted", text=text)
    stopping = seen.to(
        State.ABORTING,
        desk.now(),
        abort_asked_at=None,
        ending=ending,
        ends_as=State.CANCELLED,
    )
    post = announce(desk.config, stopping, "workflow", announcements.other_workflow(stopping))
    detail = {"run_id": seen.run_id, "ran": seen.dispatch.ran if seen.dispatch else ""}
    await desk.save(deployment, stopping, action="other_workflow", posts=(post,), detail=detail)
    return True
