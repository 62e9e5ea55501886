"""Merges: what is said about deployments that merges start by themselves."""

from bot.domain.deployments.deployments import Deployment
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.deployments.cards import started_by


def failed(deployment: Deployment) -> Message:
    """The one alert about a merge that did not get where it was to go, or is not well there."""
    d = deployment
    place = f"{b.line(d.service, 80)} {b.line(d.environment, 64)}"
    what = b.line(d.label, 64)
    if d.ending and d.ending.code == "not_validated":
        point = f"{place} is not well after {what} ({d.name})"
    elif d.live_at:
        point = f"{place} got {what} ({d.name}), and its run failed after that"
    else:
        point = f"{place} did not get {what} ({d.name})"
    why = b.line(d.ending.text if d.ending else "")
    lines = [f"*{point}*", why, f"{started_by(d)} · {b.link(d.run_url, f'run {d.run_id}')}"]
    return Message(f"{point}\n{why}", (b.section("\n".join(lines)),))
