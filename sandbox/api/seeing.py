"""What people see in the local Slack: members, channels, messages, the open modal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.api.places import channel, person
from sandbox.slack.messages import Message
from sandbox.slack.rendering import buttons, rendered

if TYPE_CHECKING:
    from sandbox.world import World


class Seeing:
    """The calls that only read."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def people(self, request: web.Request) -> web.Response:
        rows = [
            {
                "name": one.name,
                "id": one.id,
                "real_name": one.real_name,
                "github": one.github,
                "roles": list(one.roles),
                "guest": one.guest,
                "time_zone": one.time_zone,
            }
            for one in self._world.seed.people
            if not one.bot
        ]
        return web.json_response({"people": rows})

    async def channels(self, request: web.Request) -> web.Response:
        rows = [
            {
                "id": one.id,
                "name": one.name,
                "members": [self._world.slack.users[user].name for user in sorted(one.members)],
                "is_im": one.with_user is not None,
                "topic": one.topic,
                "archived": one.archived,
            }
            for one in self._world.slack.channels.values()
        ]
        return web.json_response({"channels": rows})

    async def messages(self, request: web.Request) -> web.Response:
        place = channel(self._world, request.query["channel"])
        reader = request.query.get("as")
        reader_id = person(self._world, reader).id if reader else None
        thread = request.query.get("thread_ts")
        replies = Counter(
            message.thread_ts
            for message in place.messages.values()
            if message.is_reply and not message.ephemeral_for
        )
        rows = [
            self._row(message) | ({"reply_count": count} if (count := replies[message.ts]) else {})
            for message in place.messages.values()
            if message.ephemeral_for in (None, reader_id) and _belongs(message, thread)
        ]
        return web.json_response({"messages": rows})

    async def commands(self, request: web.Request) -> web.Response:
        rows = [
            {
                "command": one["command"],
                "description": one.get("description", ""),
                "usage_hint": one.get("usage_hint", ""),
            }
            for one in self._world.manifest.commands
        ]
        shortcuts = list(self._world.manifest.shortcuts)
        return web.json_response({"commands": rows, "shortcuts": shortcuts})

    async def modal(self, request: web.Request) -> web.Response:
        view = self._world.slack.views.top(person(self._world, request.query["as"]).id)
        return web.json_response(view and view.as_slack() | {"errors": view.errors})

    def _row(self, message: Message) -> dict[str, Any]:
        users = self._world.slack.users
        row: dict[str, Any] = {
            "ts": message.ts,
            "bot" if users[message.user].bot else "user": users[message.user].name,
            "text": message.text,
            "blocks": message.blocks,
            "buttons": buttons(message),
            "rendered": rendered(self._world.slack, message),
        }
        if message.thread_ts:
            row["thread_ts"] = message.thread_ts
        if message.attachments:
            row["attachments"] = message.attachments
        if message.edited:
            row["edited"] = message.edited
        if message.ephemeral_for:
            row["ephemeral_for"] = users[message.ephemeral_for].name
        if message.pinned:
            row["pinned"] = True
        if message.metadata:
            row["metadata"] = message.metadata
        return row


def _belongs(message: Message, thread: str | None) -> bool:
    if thread is None:
        return not message.is_reply or message.broadcast
    return thread in (message.ts, message.thread_ts)
