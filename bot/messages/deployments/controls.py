"""Controls: the buttons of a card in each state of its deployment."""

from bot.domain.approvals.approvals import is_yet_to_begin
from bot.domain.deployments.choices import Choice, choices
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.deployments.steps import is_unsent
from bot.domain.gates.overrides import liftable, standing
from bot.domain.rollbacks import switching
from bot.messages import blocks as b
from bot.messages.blocks import Block
from bot.messages.deployments import aborts
from bot.messages.rollbacks import pins, reversals, stops

MOST_CANDIDATES = 3


def controls(d: Deployment) -> Block | None:
    """The row of buttons, or None where nobody has anything to decide."""
    value, block_id = str(d.id), f"decide:{d.id}:{d.short_sha}"
    cancel = b.button("Cancel", "cancel", value)
    match d.state:
        case State.AWAITING_APPROVAL:
            reject = b.button("Reject", "reject", value)
            if standing(d):
                lift = b.button("Override", "override", value)
                return b.actions(block_id, *([lift] if liftable(d) else []), reject, cancel)
            if is_yet_to_begin(d):
                return b.actions(block_id, reject, cancel)
            approve = b.button("Approve", "approve", value, style="primary")
            notes = b.button("Notes", "notes", value)
            return b.actions(block_id, approve, reject, cancel, notes)
        case State.APPROVED:
            return b.actions(block_id, cancel)
        case State.UNKNOWN if is_unsent(d) and d.rescue is None:
            return b.actions(block_id, cancel)
        case State.RUNNING:
            question = b.confirmation(
                "Stop this run?",
                "GitHub is asked to cancel it. Production may be half-way.",
                "Stop the Run",
                "Keep It",
                danger=True,
            )
            return b.actions(
                block_id, b.button("Cancel", "cancel", value, style="danger", confirm=question)
            )
        case State.SWITCHING:
            stop = stops.button(d)
            return b.actions(block_id, stop) if stop else None
        case State.NEEDS_ATTENTION:
            question = b.confirmation(
                "Send it again?",
                "Look at GitHub first: a run that did start would deploy twice.",
                "Send Again",
                "Not Now",
                danger=True,
            )
            found = d.dispatch.candidates[:MOST_CANDIDATES] if d.dispatch else ()
            return b.actions(
                block_id,
                *(
                    b.button(f"It Is Run {run}", f"choose_run_{place}", f"{value}:{run}")
                    for place, run in enumerate(found)
                ),
                b.button("Send Again", "send_again", value, style="danger", confirm=question),
                b.button("Close as Failed", "close_failed", value, confirm=_close(d)),
            )
        case State.ABORTING:
            close = b.button("Close as Failed", "close_failed", value, confirm=aborts.close(d))
            return b.actions(block_id, close)
        case State.DEGRADED:
            row = [_choice(d, choice) for choice in choices(d)]
            return b.actions(block_id, *row, *filter(None, [pins.button(d)]))
        case State.SUCCEEDED | State.FAILED:
            row = list(filter(None, [pins.button(d), reversals.button(d)]))
            return b.actions(f"after:{d.id}", *row) if row else None
        case _:
            return None


def _choice(d: Deployment, choice: Choice) -> Block:
    value = str(d.id)
    match choice:
        case Choice.RETRY:
            failed = [step.target for step in switching.retried(d.steps)]
            label = b.shorten(f"{choice} {', '.join(failed)}", 75)
            return b.button(label, "retry_targets", value, style="primary")
        case Choice.MARK_GOOD:
            return b.button(choice, "mark_good", value)
        case Choice.ROLL_BACK:
            return b.button(choice, "roll_back", value)
        case Choice.CLOSE:
            return b.button(choice, "close_failed", value)


def _close(d: Deployment) -> Block | None:
    """What is asked before something is closed whose run may still come."""
    if d.run_id is not None:
        return None
    return b.confirmation(
        "Close it as failed?",
        "GitHub may still begin its run, late. That would get a card of its own and be told here.",
        "Close as Failed",
        "Not Now",
    )
