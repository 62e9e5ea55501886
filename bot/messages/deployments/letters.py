"""Letters in words: what the author of a change reads once it is in production."""

from collections.abc import Sequence

from bot.domain.deployments.changes import Change
from bot.domain.deployments.deployments import Deployment
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.deployments.cards import title

MOST_CHANGES = 10


def letter(deployment: Deployment, changes: Sequence[Change], command: str) -> Message:
    """The direct message; `command` is the name of `/deployments`."""
    d = deployment
    point = f"What you wrote is live with {title(d)} ({d.name}):"
    lines = [f"• {_line(change)}" for change in changes[:MOST_CHANGES]]
    if len(changes) > MOST_CHANGES:
        lines.append(f"• and {len(changes) - MOST_CHANGES} more")
    text = "\n".join([point, *lines])
    row = b.actions(f"letter:{d.id}", b.button("No More of These", "letters_off", str(d.id)))
    small = b.context(f"Again with `{b.line(command)} notify on`")
    return Message(text, (b.section(text), row, small))


def chosen(wanted: bool, command: str) -> Message:
    """The answer to whoever wants letters, or no more of them."""
    if wanted:
        return Message("You get a direct message when something that you wrote is in production.")
    return Message(
        "You get no more messages about what you wrote. "
        f"`{b.line(command)} notify on` brings them back."
    )


def _line(change: Change) -> str:
    number = f" ({b.link(change.url, f'#{change.pull_request}')})" if change.pull_request else ""
    return f"{b.line(change.title, 120)}{number}"
