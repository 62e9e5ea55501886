"""Aftercare in words: the form that asks when the fix is expected, and its answer."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.rollbacks.aftercare import LONGEST_ETA
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.deployments.cards import title
from bot.messages.views import View, field, view, words


def form(deployment: Deployment, channel: str | None) -> View:
    """The form of Set ETA."""
    hint = "Such as: today 16:00, or Thursday. It stands in the rollback's message."
    return view(
        "eta",
        "ETA for the fix",
        "Set ETA",
        [
            b.section(title(deployment)),
            field("eta", "When is it expected?", words(LONGEST_ETA, deployment.eta), hint=hint),
        ],
        {"deployment": deployment.id, "channel": channel},
    )


def eta_is_set(deployment: Deployment) -> Message:
    """The answer to whoever set it."""
    return Message(f"ETA for the fix is {b.line(deployment.eta)}; the message of it says so.")
