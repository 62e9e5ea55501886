"""Maintenance: what the public is told of a deployment, its preview, and how far that came."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.incidents.publishing import PostState, StatusPost
from bot.messages import blocks as b
from bot.messages.blocks import Message
from bot.messages.deployments.cards import title as deployment_title
from bot.messages.incidents.publishing import MOST_TEXT, MOST_TITLE
from bot.messages.views import View, field, option, select, view, words

LENGTHS = {"30": "30 minutes", "60": "1 hour", "120": "2 hours", "240": "4 hours"}
"""By minutes."""

_SAYS = (
    "We are bringing a new version into production. There may be short interruptions while we do."
)


def title(typed: str, deployment: Deployment) -> str:
    """The public title; with the name of the deployment the post is found again."""
    return f"{typed} ({deployment.name})"


def offer(deployment: Deployment) -> Message:
    """In the thread of a card that waits for approval."""
    text = "Should users know before this goes out? The status page can announce a maintenance."
    button = b.button("Announce Maintenance", "announce", str(deployment.id))
    return Message(text, (b.section(text), b.actions(f"announce:{deployment.id}", button)))


def form(deployment: Deployment, lag: str, channel: str | None) -> View:
    """The preview: what is sent is what everybody will read."""
    late = f" {b.line(lag[:1].upper() + lag[1:])}." if lag else ""
    warning = (
        "*This is public*, and subscribers get it by mail; neither can be taken back. "
        f"The title gets “({deployment.name})” at its end.{late} When {deployment.name} is over, "
        "the public is told so by itself."
    )
    lengths = [option(text, minutes) for minutes, text in LENGTHS.items()]
    fields = [
        b.section(warning),
        field("title", "Title", words(MOST_TITLE, f"Maintenance of {deployment.service}")),
        field("length", "Over in, at the latest", select(lengths, "60")),
        field("text", "What the public reads", words(MOST_TEXT, _SAYS, lines=True)),
    ]
    memory = {"deployment": deployment.id, "channel": channel}
    return view("announce", "Maintenance", "Publish", fields, memory)


def accepted(deployment: Deployment) -> Message:
    """The answer to whoever sent the form."""
    return Message(f"The status page is being told of {deployment_title(deployment)}.")


def over(*, succeeded: bool) -> str:
    """What the public reads at its end."""
    return "The maintenance is complete." if succeeded else "The maintenance has ended."


def status(post: StatusPost, lag: str) -> Message:
    """In the thread: what the page shows, or why it does not."""
    where = f" at {b.link(post.url, 'its page')}" if post.url else ""
    why = b.line(post.last_error, 200)
    match post.state:
        case PostState.SHOWN if not post.posted:
            return Message(f"Status page: {post.phase}, nothing was posted.")
        case PostState.SHOWN:
            late = f" ({b.line(lag)})" if lag else ""
            return Message(f"Status page: {post.phase}, posted{where}{late}: {b.quoted(post.text)}")
        case PostState.FAILED:
            return Message(
                f"{b.mention(post.by)} The status page does not take it ({why}), "
                f"so the public has not read: {b.quoted(post.text)}"
            )
        case _:
            return Message(f"Status page: {post.phase}, not posted yet ({why}); it is tried again.")
