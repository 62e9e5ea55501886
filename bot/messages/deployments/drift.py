"""Drift: what is said when an environment runs another version than the one that was deployed."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.sightings import Sighting
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.deployments.cards import started_by


def drifted(sighting: Sighting, live: Deployment) -> Message:
    """The alert with both values, and who acted last."""
    place = f"{b.line(live.service, 80)} {b.line(live.environment, 64)}"
    told, known = b.line(sighting.told, 64), b.line(live.label, 64)
    point = f"Drift: {place} answers as {told}, and {known} should be there"
    acted = f"{live.name} brought {known}, {started_by(live)}"
    if live.approved_by:
        acted += f", approved by {' '.join(map(b.mention, live.approved_by))}"
    if live.live_at:
        acted += f", live since {b.when(live.live_at)}"
    text = (
        f"{acted}. No deployment is under way that I know of. "
        "Find out who changed it, then deploy what should run there."
    )
    return Message(f"{point}\n{text}", (b.section(f"*{point}*\n{text}"),))


def resolved(sighting: Sighting, live: Deployment) -> Message:
    """The reply below the alert once both are the same again."""
    place = f"{b.line(live.service, 80)} {b.line(live.environment, 64)}"
    known = f"{b.line(live.label, 64)} ({live.name})"
    return Message(f"Resolved: {place} answers as {b.line(sighting.told, 64)} and runs {known}.")
