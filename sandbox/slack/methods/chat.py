"""chat.*: what the bot says, edits and takes back."""

from __future__ import annotations

from typing import Any

from sandbox.slack.blocks import check_blocks
from sandbox.slack.call import Answer, Call
from sandbox.slack.channels import Channel
from sandbox.slack.errors import SlackError
from sandbox.slack.identity import BOT_USER_ID
from sandbox.slack.messages import Block, Message, walk

LONGEST_TEXT = 40_000


async def post_message(call: Call) -> Answer:
    call.require("chat:write")
    channel = _addressed(call)
    text, blocks, attachments = contents(call)
    message = call.slack.post(
        channel,
        BOT_USER_ID,
        text,
        blocks,
        attachments=attachments,
        thread_ts=_thread(call, channel),
        broadcast=call.flag("reply_broadcast"),
        metadata=_metadata(call),
    )
    shown = message.as_slack(with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


async def update(call: Call) -> Answer:
    call.require("chat:write")
    channel = call.channel()
    if channel.archived:
        raise SlackError("is_inactive")
    message = _own(call, channel, "cant_update_message")
    text, blocks, attachments = contents(call)
    # What an edit does not name stays as it was; an empty list takes it away.
    if call.structure("blocks") is None:
        blocks = message.blocks
    if call.structure("attachments") is None:
        attachments = message.attachments
    message.metadata = _metadata(call) or message.metadata
    call.slack.replace(message, text, blocks, attachments)
    shown = message.as_slack(with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": text, "message": shown}


async def delete(call: Call) -> Answer:
    call.require("chat:write")
    channel = call.channel()
    message = _own(call, channel, "cant_delete_message")
    call.slack.remove(message)
    return {"channel": channel.id, "ts": message.ts}


async def post_ephemeral(call: Call) -> Answer:
    call.require("chat:write")
    channel = _addressed(call)
    user = call.required("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks, attachments = contents(call)
    message = call.slack.post(
        channel,
        BOT_USER_ID,
        text,
        blocks,
        attachments=attachments,
        thread_ts=_thread(call, channel),
        ephemeral_for=user,
    )
    return {"message_ts": message.ts}


async def get_permalink(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    link = f"{call.world.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def contents(call: Call) -> tuple[str, list[Block], list[Block]]:
    """Text, blocks and attachments of a call; raises SlackError for what Slack would refuse."""
    text = call.text("text")
    blocks = call.structure("blocks") or []
    attachments = call.structure("attachments") or []
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    if len(text) > LONGEST_TEXT:
        raise SlackError("msg_too_long")
    check_blocks(blocks, "message")
    _check_files(call, blocks)
    for one in attachments:
        check_blocks(one.get("blocks", []), "message", "/attachments/blocks")
    return text, blocks, attachments


def _check_files(call: Call, blocks: list[Block]) -> None:
    """What a block shows has to be a picture that Slack has finished working on."""
    wrong = [
        f"[ERROR] invalid slack file [json-pointer:/blocks/{place}/slack_file]"
        for place, block in enumerate(blocks)
        for shown in walk(block)
        if (file := shown.get("slack_file")) and not call.slack.files.is_shown(file.get("id"))
    ]
    if wrong:
        raise SlackError("invalid_blocks", response_metadata={"messages": wrong})


def _addressed(call: Call) -> Channel:
    """The channel to post in: an id, a person's id for a direct message, or #name."""
    name = call.required("channel")
    if name in call.slack.users:
        return call.slack.direct_message(name)
    try:
        channel = call.slack.channel_named(name)
    except KeyError:
        raise SlackError("channel_not_found") from None
    if channel.archived:
        raise SlackError("is_archived")
    public = "chat:write.public" in call.slack.manifest.scopes
    if not public and BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _thread(call: Call, channel: Channel) -> str | None:
    thread = call.text("thread_ts")
    if thread and thread not in channel.messages:
        raise SlackError("cannot_reply_to_message")
    return (channel.messages[thread].thread_ts or thread) if thread else None


def _metadata(call: Call) -> dict[str, Any] | None:
    metadata = call.structure("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    return metadata


def _own(call: Call, channel: Channel, otherwise: str) -> Message:
    message = call.message(channel)
    if not message.by_gonogo:
        raise SlackError(otherwise)
    return message
