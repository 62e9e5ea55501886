"""Watches in words: who is asked to watch a deployment, and who does."""

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.deployments.watches import Watch
from bot.messages import blocks as b
from bot.messages.blocks import Message

WATCHED = (State.VALIDATING, State.DEGRADED)


def line(watch: Watch) -> str:
    """Who watches, for a card."""
    if watch.taken_by and watch.taken_at:
        return f"{b.mention(watch.taken_by)} is watching since {b.clock_time(watch.taken_at)}"
    more = f" and not {watch.beyond} more" if watch.beyond else ""
    return f"Asked to watch: {_people(watch)}{more}; nobody has said so yet"


def asking(d: Deployment, watch: Watch) -> Message:
    """The reply in the thread, with the button for as long as somebody is wanted."""
    until = b.clock_time(watch.until)
    text = f"{_people(watch)} Watch {_what(d)} in {b.line(d.environment, 64)} until about {until}."
    if watch.beyond:
        text += f" {watch.beyond} more belong to those who watch, and are not asked."
    if watch.taken_by and watch.taken_at:
        text += f"\n{line(watch)}."
    elif d.state not in WATCHED:
        text += "\nNobody said that they watched."
    else:
        button = b.button("I Am Watching", "take_watch", str(d.id), style="primary")
        return Message(text, (b.section(text), b.actions(f"watch:{d.id}", button)))
    return Message(text, (b.section(text),))


def reminder(d: Deployment, watch: Watch) -> Message:
    """A third of the time has gone, and nobody has said that they watch."""
    return Message(
        f"{_people(watch)}: nobody watches {_what(d)} ({d.name}) yet. Press I Am Watching in the "
        "thread of its card."
    )


def taken(d: Deployment) -> Message:
    """The answer to whoever took the watch."""
    return Message(f"You are watching {_what(d)} ({d.name}). Roll Back stands on every alert.")


def _people(watch: Watch) -> str:
    return " ".join(map(b.mention, watch.people))


def _what(d: Deployment) -> str:
    return f"{b.line(d.service, 80)} {b.line(d.label, 64)}"
