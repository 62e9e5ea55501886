"""conversations.*: channels that the app makes, fills and archives."""

from __future__ import annotations

import re

from sandbox.slack.call import Answer, Call
from sandbox.slack.channels import Channel
from sandbox.slack.errors import SlackError
from sandbox.slack.identity import BOT_USER_ID

MANAGE = "channels:manage"
LONGEST_NAME = 80
LONGEST_TOPIC = 250
_NAME = re.compile(r"[\w-]+")


async def create(call: Call) -> Answer:
    """A name is taken for as long as its channel is there, archived or not."""
    call.require(MANAGE)
    name = call.text("name")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise SlackError("invalid_name_maxlength")
    if name != name.lower() or not _NAME.fullmatch(name):
        raise SlackError("invalid_name_specials")
    if not call.slack.lets_apps_make_channels:
        raise SlackError("restricted_action")
    if any(name == one.name for one in call.slack.channels.values() if not one.with_user):
        raise SlackError("name_taken")
    made = call.slack.make_channel(name, BOT_USER_ID)
    return {"channel": made.as_slack()}


async def invite(call: Call) -> Answer:
    """All or nobody, as without `force`."""
    call.require(MANAGE)
    channel = _written_to(call)
    users = [one for one in call.required("users").split(",") if one]
    problems = [(one, _problem(call, channel, one)) for one in users]
    errors = [{"user": who, "ok": False, "error": word} for who, word in problems if word]
    if errors:
        raise SlackError(str(errors[0]["error"]), errors=errors)
    channel.members.update(users)
    call.slack.events.publish("channels")
    return {"channel": channel.as_slack()}


def _problem(call: Call, channel: Channel, user: str) -> str | None:
    if user not in call.slack.users:
        return "user_not_found"
    if user == BOT_USER_ID:
        return "cant_invite_self"
    return "already_in_channel" if user in channel.members else None


async def set_topic(call: Call) -> Answer:
    call.require(MANAGE)
    channel, topic = _written_to(call), call.required("topic")
    if len(topic) > LONGEST_TOPIC:
        raise SlackError("too_long")
    channel.topic = topic
    call.slack.events.publish("channels")
    return {"channel": channel.as_slack()}


async def archive(call: Call) -> Answer:
    call.require(MANAGE)
    channel = call.channel()
    if channel.archived:
        raise SlackError("already_archived")
    if channel.name == "general":
        raise SlackError("cant_archive_general")
    if BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    channel.archived = True
    call.slack.events.publish("channels")
    return {}


def _written_to(call: Call) -> Channel:
    channel = call.channel()
    if channel.archived:
        raise SlackError("is_archived")
    if BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    return channel
