"""Comparing: whether a run was made of the workflow file that was approved."""

from dataclasses import replace

import structlog

from bot.domain.deployments.deployments import Deployment, Ending
from bot.domain.deployments.runs import RunSummary
from bot.domain.deployments.states import State
from bot.domain.errors import Fault, NotFound
from bot.messages.deployments import announcements
from bot.services.desk import Desk, announce

log = structlog.get_logger()

NOT_THERE = "not to be seen"
"""What stands for the file where GitHub does not show it in the run's commit."""


async def compared(desk: Desk, seen: Deployment, run: RunSummary) -> Deployment:
    """The deployment with the workflow file that its run was made of, which is read once: GitHub
    takes the newest of the branch, and somebody may have pushed right before.

    Where that gives no answer it is read with the next look; nothing is called good, and nobody is
    asked to let it in, before it was. Raises Fault then. What is to be stopped is stopped without.
    """
    intent = seen.dispatch
    if intent is None or intent.ran or seen.binding is None or not run.commit:
        return seen
    if seen.is_way_back and not seen.approvers:
        return seen  # nobody approved its file
    is_good = run.is_over and run.conclusion == "success" and seen.rescue is None
    if seen.state is not State.RUNNING and not is_good:
        return seen
    try:
        blob = await desk.github.workflow_blob(seen.repo, seen.workflow, run.commit)
    except NotFound:
        blob = NOT_THERE
    except Fault as fault:
        if is_good or run.status == "waiting":
            raise
        log.warning("workflow_not_compared", deployment=seen.name, error=fault.text)
        return seen
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
        ending=ending,
        ends_as=State.CANCELLED,
    )
    post = announce(desk.config, stopping, "workflow", announcements.other_workflow(stopping))
    detail = {"run_id": seen.run_id, "ran": seen.dispatch.ran if seen.dispatch else ""}
    await desk.save(deployment, stopping, action="other_workflow", posts=(post,), detail=detail)
    return True
