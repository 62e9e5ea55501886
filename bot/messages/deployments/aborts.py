"""Aborts: what people read of a run that is being stopped, and when GitHub does not stop it."""

from bot.domain.deployments.aborts import CALL_AFTER, force_at, is_forced
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.messages import blocks as b
from bot.messages.blocks import Block


def on_card(deployment: Deployment) -> str:
    """What was asked of GitHub, and until when it is waited for; empty where nothing was."""
    d = deployment
    force = force_at(d)
    if d.state is not State.ABORTING or d.abort_since is None or force is None or d.notice:
        return ""
    call = f"a person is called at {b.clock_time(d.abort_since + CALL_AFTER)}, if it goes on"
    if is_forced(d):
        return f"GitHub was asked to stop the run with force; {call}"
    asked = "was asked to stop the run" if d.abort_asked_at else "is asked to stop the run"
    return f"GitHub {asked}; with force at {b.clock_time(force)}, and {call}"


def hangs(deployment: Deployment, refused: str) -> str:
    """What was done about a run that does not stop, and what is left to do; `refused` is why GitHub
    did not take it.
    """
    d = deployment
    if refused:
        asked = f", and does not take it: {refused}"
    else:
        forced = ", and then with force" if is_forced(d) else ""
        asked = f", although it was asked to at {d.abort_since:%H:%M} UTC{forced}"
    then = f" The rollback to {d.rescue.version} begins then." if d.rescue else ""
    return (
        f"GitHub has not stopped run {d.run_id}{asked}. Cancel it there, or end the runner that it "
        "hangs on: then this goes on by itself. If that cannot be, make sure that it changes "
        f"nothing any more, and press Close as Failed.{then}"
    )


def close(deployment: Deployment) -> Block:
    """What is asked before something is closed whose run goes on."""
    d = deployment
    then = f" The rollback to {d.rescue.version} begins at once." if d.rescue else ""
    return b.confirmation(
        "Close it as failed?",
        b.shorten(
            f"Run {d.run_id} may still change production: look at it at GitHub first.{then}", 300
        ),
        "Close as Failed",
        "Not Now",
        danger=True,
    )
