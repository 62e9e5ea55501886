"""conversations.*: channels, direct messages and what was said in them."""

from __future__ import annotations

from sandbox.slack.call import Answer, Call
from sandbox.slack.channels import Channel
from sandbox.slack.errors import SlackError
from sandbox.slack.identity import BOT_USER_ID
from sandbox.slack.messages import Message


async def listing(call: Call) -> Answer:
    types = call.text("types", "public_channel").replace(" ", "").split(",")
    if "public_channel" in types:
        call.require("channels:read")
    if "im" in types:
        call.require("im:read")
    wanted = [
        channel
        for channel in call.slack.channels.values()
        if ("im" if channel.with_user else "public_channel") in types
        and not (channel.archived and call.flag("exclude_archived"))
    ]
    limit, start = call.number("limit", 100), call.number("cursor", 0)
    more = str(start + limit) if start + limit < len(wanted) else ""
    return {
        "channels": [channel.as_slack() for channel in wanted[start : start + limit]],
        "response_metadata": {"next_cursor": more},
    }


async def info(call: Call) -> Answer:
    channel = call.channel()
    call.require("im:read" if channel.with_user else "channels:read")
    return {"channel": channel.as_slack()}


async def open_direct_message(call: Call) -> Answer:
    call.require("im:write")
    user = call.required("users")
    if user not in call.slack.users:
        raise SlackError("user_not_found")
    channel = call.slack.direct_message(user)
    return {"channel": channel.as_slack() if call.flag("return_im") else {"id": channel.id}}


async def history(call: Call) -> Answer:
    channel = _readable(call)
    newest_first = _between(call, channel.history())[::-1]
    return _page(call, newest_first, channel)


async def replies(call: Call) -> Answer:
    channel = _readable(call)
    if call.required("ts") not in channel.messages:
        raise SlackError("thread_not_found")
    return _page(call, _between(call, channel.thread(call.text("ts"))), channel)


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.require("im:history" if channel.with_user else "channels:history")
    if BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _between(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = float(call.text("oldest", "0")), float(call.text("latest", "inf"))
    if call.flag("inclusive"):
        return [message for message in messages if oldest <= float(message.ts) <= latest]
    return [message for message in messages if oldest < float(message.ts) < latest]


def _page(call: Call, messages: list[Message], channel: Channel) -> Answer:
    start, limit = call.number("cursor", 0), min(call.number("limit", 100), 999)
    more = start + limit < len(messages)
    with_metadata = call.flag("include_all_metadata")
    rows = []
    for message in messages[start : start + limit]:
        row = message.as_slack(with_metadata=with_metadata)
        answers = channel.thread(message.ts)[1:]
        if answers:
            row |= {"thread_ts": message.ts, "reply_count": len(answers)}
            row |= {"latest_reply": answers[-1].ts}
        rows.append(row)
    cursor = str(start + limit) if more else ""
    return {
        "messages": rows,
        "has_more": more,
        "response_metadata": {"next_cursor": cursor},
    }
