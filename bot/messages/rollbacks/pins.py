"""Pins: a target that stays on what it was rolled back to, as people read it."""

from collections.abc import Sequence

from bot.domain.deployments.deployments import Deployment
from bot.messages import blocks as b
from bot.messages.blocks import Block, Message


def lines(rollbacks: Sequence[Deployment]) -> list[str]:
    """What these left pinned, newest first, and what lifts it; each target once."""
    newest: dict[str, str] = {}
    for d in rollbacks:
        for step in d.pinned:
            text = f"*Pinned:* {b.line(step.target, 80)} since {b.line(d.name, 20)}: "
            text += b.line(step.pinned, 200) + ("; being lifted" if step.lift_by else "")
            newest.setdefault(step.target, text)
    return list(newest.values())


def control(d: Deployment) -> Block | None:
    """The button that lifts the pins; None where nothing is pinned, or it is wanted already."""
    found = button(d)
    return b.actions(f"pins:{d.id}", found) if found else None


def button(d: Deployment) -> Block | None:
    """The same, for a row with others."""
    if not d.pinned or all(step.lift_by for step in d.pinned):
        return None
    question = b.confirmation(
        "Lift the pin?",
        f"{d.version} stays where it is, and later deployments go live again.",
        "Lift the Pin",
        "Not Now",
    )
    return b.button("Lift the Pin", "lift_pin", str(d.id), confirm=question)


def to_be_lifted(targets: Sequence[str]) -> Message:
    """The answer to the button."""
    return Message(f"The pin of {b.line(', '.join(targets))} is being lifted; the card shows it.")


def lifted(target: str, by: str) -> Message:
    """What the thread of the card says once it is gone; an undo or a newer rollback's Lift may have
    lifted it, and so may somebody at the target.
    """
    how = f"was lifted for {b.mention(by)}" if by else "is gone"
    return Message(f"The pin of {b.line(target, 80)} {how}. Later deployments go live there again.")
