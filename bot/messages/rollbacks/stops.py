"""Stops in words: Stop Waiting and Stop the Run, and what becomes of that run."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks.stops import BEGUN_FORCE_AFTER, BEGUN_GIVE_UP_AFTER, Stop
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.messages import blocks as b
from bot.messages.blocks import Block, Message


def button(d: Deployment) -> Block | None:
    """Stop Waiting or Stop the Run; None where no step has a run, or somebody has pressed it."""
    for step in d.steps:
        if step.works and step.stop is None:
            question = b.confirmation(
                "Stop the run?",
                f"GitHub is asked to cancel run {step.works}, after 5 minutes with force. What it "
                "changes may be left half-way; then it is a person's choice again.",
                "Stop the Run",
                "Keep It",
                danger=True,
            )
            value = f"{d.id}:{step.works}"
            return b.button("Stop the Run", "stop_run", value, style="danger", confirm=question)
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
    stop = step.stop
    said = f" · {b.mention(stop.by)} stopped {'it' if stop.begun else 'waiting'}, it is being "
    said += "cancelled"
    if stop.begun and stop.asked_at:
        force, end = stop.asked_at + BEGUN_FORCE_AFTER, stop.asked_at + BEGUN_GIVE_UP_AFTER
        said += f", with force at {b.clock_time(force)} and no longer than {b.clock_time(end)}"
    return said + (f" ({b.line(stop.trouble)})" if stop.trouble else "")


def stopping(d: Deployment, step: TargetStep) -> Message:
    """The answer to whoever pressed it."""
    run = step.stop.run if step.stop else step.waits
    if_any = "" if step.stop and step.stop.begun else ", if it has not begun its work by then"
    return Message(
        f"{d.name}: GitHub is asked to cancel run {run}{if_any}. The card shows what comes of it."
    )


def began(d: Deployment, step: TargetStep, stop: Stop) -> Message:
    """The thread, when it was too late."""
    if stop.asked_at is not None and not stop.trouble:
        return Message(
            f"{b.mention(stop.by)} GitHub was asked to cancel run {stop.run} "
            f"({b.line(step.target, 80)}), which began its work all the same. It is watched on."
        )
    return Message(
        f"{b.mention(stop.by)} Run {stop.run} ({b.line(step.target, 80)}) began its work before it "
        "was cancelled, so it is left alone: half of it would be worse. It is watched on."
    )
