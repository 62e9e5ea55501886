"""What people do in the workspace without the app: talk, edit, delete, pin."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from sandbox.refusals import Refusal
from sandbox.slack.channels import Channel
from sandbox.slack.delivery import announce
from sandbox.slack.identity import BOT_USER_ID
from sandbox.slack.messages import Message
from sandbox.slack.payloads import Actor
from sandbox.slack.workspace import Workspace

if TYPE_CHECKING:
    from sandbox.world import World

MENTION = re.compile(r"(?<![\w.])@([\w.-]+)")
CHANNEL = re.compile(r"(?<!\w)#([\w-]+)")


def typed(slack: Workspace, text: str) -> str:
    """What somebody typed, as Slack keeps it: escaped, with names turned into references."""

    def member(match: re.Match[str]) -> str:
        try:
            return f"<@{slack.named(match[1]).id}>"
        except KeyError:
            return match[0]

    def channel(match: re.Match[str]) -> str:
        try:
            return f"<#{slack.channel_named(match[1]).id}|{match[1]}>"
        except KeyError:
            return match[0]

    return CHANNEL.sub(channel, MENTION.sub(member, html.escape(text, quote=False)))


def talk(world: World, actor: Actor, channel: Channel, text: str, thread_ts: str | None) -> Message:
    """Post a message as a person."""
    slack = world.slack
    message = slack.post(channel, actor.user.id, typed(slack, text), thread_ts=thread_ts)
    _tell(world, channel, message.as_slack())
    if f"<@{BOT_USER_ID}>" in message.text:
        mention = {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}
        announce(world, "app_mention", message.as_slack() | mention)
    return message


def edit(world: World, actor: Actor, channel: Channel, ts: str, text: str) -> None:
    """Change a message of one's own."""
    message = own_message(actor, channel, ts)
    before = message.as_slack()
    world.slack.replace(message, typed(world.slack, text), [])
    change = {"subtype": "message_changed", "hidden": True, "previous_message": before}
    _tell(world, channel, change | {"ts": world.slack.next_ts(), "message": message.as_slack()})


def delete(world: World, actor: Actor, channel: Channel, ts: str) -> None:
    """Take a message of one's own away."""
    message = own_message(actor, channel, ts)
    world.slack.remove(message)
    change = {"subtype": "message_deleted", "hidden": True, "deleted_ts": ts}
    now = world.slack.next_ts()
    _tell(world, channel, change | {"ts": now, "previous_message": message.as_slack()})


def pin(world: World, actor: Actor, channel: Channel, ts: str) -> None:
    """Pin a message to its channel."""
    message = find_message(channel, ts)
    message.pinned = True
    world.slack.changed(message)
    item = {"type": "message", "channel": channel.id, "message": message.as_slack()}
    event = {"type": "pin_added", "user": actor.user.id, "channel_id": channel.id}
    announce(world, "pin_added", event | {"item": item, "event_ts": world.slack.next_ts()})


def find_message(channel: Channel, ts: str) -> Message:
    """A message of a channel; raises Refusal where there is none."""
    message = channel.messages.get(ts)
    if message is None:
        raise Refusal("no_such_message", f"#{channel.name} has no message {ts}.", 404)
    return message


def own_message(actor: Actor, channel: Channel, ts: str) -> Message:
    """A message that the actor wrote; raises Refusal otherwise."""
    message = find_message(channel, ts)
    if message.user != actor.user.id:
        raise Refusal("not_yours", f"{actor.user.name} did not write this message.")
    return message


def _tell(world: World, channel: Channel, event: dict[str, Any]) -> None:
    """A message event, for an app that is in the channel."""
    if BOT_USER_ID in channel.members:
        kind = "im" if channel.with_user else "channel"
        common = {"type": "message", "channel": channel.id, "channel_type": kind}
        subscription = "message.im" if channel.with_user else "message.channels"
        announce(world, subscription, event | common | {"event_ts": event["ts"]})
