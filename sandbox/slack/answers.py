"""Answers to what a person did: in the ack of a command, or through a response_url."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.edge import edge, parsed_body
from sandbox.slack.blocks import check_blocks
from sandbox.slack.errors import SlackError
from sandbox.slack.identity import BOT_USER_ID
from sandbox.slack.messages import Message
from sandbox.slack.response_urls import ResponseUrl
from sandbox.slack.workspace import Workspace

if TYPE_CHECKING:
    from sandbox.world import World


@dataclass(frozen=True)
class Answered:
    """Whom an answer is for, where, and the message that was acted on."""

    user: str
    channel: str
    message_ts: str | None = None
    thread_ts: str | None = None

    @classmethod
    def by(cls, url: ResponseUrl) -> Answered:
        return cls(url.user, url.channel, url.message_ts, url.thread_ts)


def put_answer(slack: Workspace, to: Answered, body: dict[str, Any]) -> Message | None:
    """Post, replace or delete as the body asks; answers the message that is there now."""
    channel = slack.channels[to.channel]
    acted_on = channel.messages.get(to.message_ts or "")
    if acted_on and body.get("delete_original"):
        slack.remove(acted_on)
        return None
    text, blocks = body.get("text") or "", body.get("blocks") or []
    if acted_on and body.get("replace_original"):
        slack.replace(acted_on, text, blocks)
        return acted_on
    for_all = body.get("response_type") == "in_channel"
    return slack.post(
        channel,
        BOT_USER_ID,
        text,
        blocks,
        thread_ts=body.get("thread_ts") or to.thread_ts,
        ephemeral_for=None if for_all else to.user,
    )


def application(world: World) -> web.Application:
    """The sub-application to mount at /slack/hooks: five uses within half an hour each."""

    async def use(request: web.Request) -> web.Response:
        body = await parsed_body(request)
        if not isinstance(body, dict):
            return web.Response(status=400, text="invalid_payload")
        try:
            check_blocks(body.get("blocks") or [], "message")
        except SlackError as error:
            return web.Response(status=400, text=error.word)
        if not any(body.get(key) for key in ("text", "blocks", "delete_original")):
            return web.Response(status=400, text="no_text")
        url = world.slack.response_urls.use(request.match_info["key"])
        if isinstance(url, str):
            return web.Response(status=404, text=url)
        if world.slack.channels[url.channel].archived:
            return web.Response(status=410, text="channel_is_archived")
        put_answer(world.slack, Answered.by(url), body)
        return web.Response(text="ok")

    app = web.Application(middlewares=[edge("slack", world, mount="/slack")])
    app.router.add_post("/{key}", use)
    return app
