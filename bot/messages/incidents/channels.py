"""Own channels in words: where an incident is worked on, and the first words there."""

from bot.domain.incidents.channels import ChannelState, OwnChannel
from bot.domain.incidents.incidents import Incident
from bot.messages import blocks as b
from bot.messages.blocks import Message

MOST_TOPIC = 250


def status(found: OwnChannel | None) -> str:
    """The line on the incident's message; empty where its thread is its room anyway."""
    if found is None:
        return ""
    why = f": {b.line(found.trouble, 160)}" if found.trouble else ""
    match found.state:
        case ChannelState.WANTED:
            return "Room: its channel is being made"
        case ChannelState.OPEN:
            left_out = f" ({b.line(found.trouble, 160)})" if found.trouble else ""
            return f"Room: <#{found.channel}>{left_out}"
        case ChannelState.REFUSED:
            name = b.line(found.name, 80)
            none = (
                f"#{name} takes no messages" if found.channel else "There is no channel of its own"
            )
            return f"Room: this thread. {none}{why}"
        case ChannelState.ARCHIVED:
            word = "not archived" if found.trouble else "archived"
            return f"Room: #{b.line(found.name, 80)}, {word}{why}"


def topic(incident: Incident, url: str) -> str:
    """What stands above the channel; as text that Slack shows as it is."""
    end = f" {url}"
    head = f"{incident.name} {incident.severity}: {incident.title}"
    return b.shorten(head, MOST_TOPIC - len(end)) + end


def begun(incident: Incident) -> Message:
    """The first words in the channel; the address of the root message follows when this leaves."""
    return Message(f"{incident.name} is worked on here. How it stands, and its buttons:")
