"""Stops in words: Stop Waiting, and what becomes of the run that waited."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks.stops import Stop
from bot.domain.rollbacks.switching import Progress, TargetStep
from bot.messages import blocks as b
from bot.messages.blocks import Block, Message


def button(d: Deployment) -> Block | None:
    """Stop Waiting; None where no run of a step waits, or somebody has pressed it."""
    for step in d.steps:
        if step.progress is Progress.RUNNING and step.waits and step.stop is None:
            question = b.confirmation(
                "Stop waiting?",
                f"GitHub is asked to cancel run {step.waits}, as long as it has not begun its "
                "work. Then it is a person's choice again.",
                "Cancel the Run",
                "Keep Waiting",
                danger=True,
            )
            value = f"{d.id}:{step.waits}"
            return b.button("Stop Waiting", "stop_waiting", value, style="danger", confirm=question)
    return None


def on_card(step: TargetStep) -> str:
    """What a step that is being stopped says of that; empty for any other."""
    if step.stop is None or step.progress is not Progress.RUNNING:
        return ""
    said = f" · {b.mention(step.stop.by)} stopped waiting, it is being cancelled"
    return said + (f" ({b.line(step.stop.trouble)})" if step.stop.trouble else "")


def stopping(d: Deployment, step: TargetStep) -> Message:
    """The answer to whoever pressed it."""
    run = step.stop.run if step.stop else step.waits
    return Message(
        f"{d.name}: GitHub is asked to cancel run {run}, if it has not begun its work by then. The "
        "card shows what comes of it."
    )


def began(d: Deployment, step: TargetStep, stop: Stop) -> Message:
    """The thread, when it was too late."""
    return Message(
        f"{b.mention(stop.by)} Run {stop.run} ({b.line(step.target, 80)}) began its work before it "
        "was cancelled, so it is left alone: half of it would be worse. It is watched on."
    )
