"""Twins: what is said about a second run of one request."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.twins import Twin
from bot.messages import blocks as b
from bot.messages.blocks import Message


def on_card(deployment: Deployment) -> str:
    """The lines about runs that are still to be stopped; empty when there is none."""
    return "\n".join(map(_line, deployment.dispatch.twins if deployment.dispatch else ()))


def _line(twin: Twin) -> str:
    if not twin.trouble:
        return f"{_run(twin)} is a second run of this request and is being stopped"
    return f"{_run(twin)} is a second run of this request and does not stop: {b.line(twin.trouble)}"


def found(deployment: Deployment, twin: Twin) -> Message:
    """The thread reply when it turns up."""
    return Message(
        f"{_run(twin)} is a second run of {deployment.name}. GitHub is asked to stop it."
    )


def ended(deployment: Deployment, twin: Twin, how: str) -> Message:
    """The thread reply when it has ended."""
    word = f" ({b.line(how, 40)})" if how else ""
    return Message(f"{_run(twin)}, a second run of {deployment.name}, has ended{word}.")


def goes_on(deployment: Deployment, twin: Twin) -> Message:
    """The thread reply when the deployment is over and its second run is not."""
    version = b.line(deployment.version, 64)
    who = f"{b.mention(deployment.requested_by)} " if deployment.requested_by else ""
    return Message(
        f"{who}{_run(twin)}, a second run of {deployment.name}, still goes on and may deploy "
        f"{version} once more. I no longer look at it: stop it at GitHub."
    )


def _run(twin: Twin) -> str:
    return b.link(twin.url, f"Run {twin.run_id}")
