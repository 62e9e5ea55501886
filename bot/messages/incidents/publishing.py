"""Publishing: what the public is told of an incident, its preview, and how far it came."""

from collections.abc import Mapping

from bot.domain.incidents.incidents import Incident, Severity
from bot.domain.incidents.publishing import ONGOING, Phase, PostState, StatusPost
from bot.messages import blocks as b
from bot.messages.blocks import Block, Message
from bot.messages.incidents.incident_forms import trace
from bot.messages.views import View, anew, field, option, select, view, words

MOST_TITLE = 150
MOST_TEXT = 2500
RESOLVED = "This incident has been resolved."
_SAYS = {
    Severity.OUTAGE: "The service is not available at the moment.",
    Severity.MAJOR: "Parts of the service are not available at the moment.",
    Severity.MODERATE: "The service is slower or less reliable than usual at the moment.",
    Severity.MINOR: "Some users may notice a small problem.",
}


def title(typed: str, incident: Incident) -> str:
    """The public title; with the name of the incident the post is found again."""
    return f"{typed} ({incident.name})"


def button(incident: Incident, post: StatusPost | None) -> Block:
    """Opens the form; nothing is public before that is sent."""
    word = "Publish" if post is None else "Update Status Page"
    return b.button(word, "incident_publish", str(incident.id))


def form(
    incident: Incident,
    post: StatusPost | None,
    lag: str,
    channel: str,
    mine: Mapping[str, str] | None = None,
) -> View:
    """The preview: what is sent is what everybody will read. `mine` is what somebody meant to say
    over something newer, by its fields: it is kept, but for its title where the post has another,
    and what stands there now is told.
    """
    late = f" {lag[0].upper()}{lag[1:]}." if lag else ""
    warning = (
        "*This is public*, and subscribers get it by mail; neither can be taken back. "
        f"The title gets “({incident.name})” at its end.{late}"
    )
    phases = [option(str(phase).capitalize(), str(phase)) for phase in ONGOING]
    now = str(post.phase if post and not post.is_over else Phase.INVESTIGATING)
    text = post.text if post and not post.is_over else f"{_SAYS[incident.severity]} {_LOOKING}"
    shown = {"phase": now, "text": trace(text), "public": public(post)}
    typed = mine or {}
    fields = [b.section(warning)]
    if post is None:
        fields.append(field("title", "Title", words(MOST_TITLE, incident.title)))
    fields.append(field("phase", "Status", select(phases, typed.get("phase", now))))
    text_field = words(MOST_TEXT, typed.get("text", text), lines=True)
    fields.append(field("text", "What the public reads", text_field))
    if mine is not None and post is not None:
        newer, named = _newer(post), typed.get("title")
        if named and title(named, incident) != post.title:
            newer += f"\nThe title {b.quoted(named)} is not used: a post keeps its first one."
        fields = [b.section(newer), *anew(fields, post.revision)]
    memory = {"incident": incident.id, "channel": channel, "shown": shown}
    return view("incident_publish", "Status page", "Publish", fields, memory)


def public(post: StatusPost | None) -> str:
    """By what a form knows again what the public was told; empty where it was told nothing."""
    return trace(f"{post.phase} {post.text}") if post else ""


def _newer(post: StatusPost) -> str:
    # The end follows the incident, whoever spoke last.
    told = "the public was told" if post.is_over else f"{b.mention(post.by)} told the public"
    return (
        f"*Since you opened this form* {told}, as “{b.line(post.title, 200)}”: "
        f"*{post.phase}*, “{b.line(post.text, 2000)}”\n"
        "Yours is not published. What you send now takes the place of that."
    )


_LOOKING = "We are looking into it."


def status(post: StatusPost | None, lag: str) -> str:
    """The line on the incident's message; empty where nothing was published."""
    if post is None:
        return ""
    where = f" at {b.link(post.url, 'its page')}" if post.url else ""
    late = f" ({b.line(lag)})" if lag else ""
    match post.state:
        case PostState.WAITING:
            return f"Status page: {post.phase}, being sent"
        case PostState.RETRYING:
            return f"Status page: retrying ({post.attempts}), {b.line(post.last_error, 120)}"
        case PostState.SHOWN if not post.posted:
            return f"Status page: {post.phase}, nothing was posted"
        case PostState.SHOWN:
            return f"Status page: {post.phase}, posted{where}{late}"
        case PostState.FAILED:
            why = b.line(post.last_error, 120)
            if post.posted:
                return f"Status page: still has what was posted before ({why}), do it by hand"
            if post.lost:
                return f"Status page: perhaps posted ({why}), look there"
            return f"Status page: not posted ({why}), do it by hand"


def accepted(incident: Incident) -> Message:
    """The answer to whoever sent the form."""
    return Message(f"{incident.name}: the status page is being told; its message says how far.")


def published(post: StatusPost) -> str:
    """On the timeline."""
    return f"Status page: {post.phase}: {post.text}"


def trouble(post: StatusPost) -> Message:
    """In the thread when the page declines."""
    return Message(
        f"{b.mention(post.by)} The status page does not take it "
        f"({b.line(post.last_error, 200)}), so the public has not read: {b.quoted(post.text)}"
    )
