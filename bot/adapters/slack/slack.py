"""SlackChat: the Chat port over Slack's Web API."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.response_url import answer_at
from bot.adapters.slack.slack_calls import Method, read, send_bytes, write
from bot.adapters.slack.slack_identity import Identity, identify
from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.messages.blocks import Message
from bot.ports import Account

log = structlog.get_logger()
SLACK_API = "https://slack.com/api/"
TIMEOUT = 10.0  # seconds
VIEW_TIMEOUT = 2.0  # seconds; the trigger lives three
SKEW = timedelta(minutes=5)
"""How far our clock may be ahead of Slack's: a message of ours is known by its key alone."""
PAGE = 200
PAGES = 25
EVENT_TYPE = "gonogo_message"
PLAIN = {"unfurl_links": False, "unfurl_media": False, "link_names": False}
_CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{5,}")
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")
_GROUP_ID = re.compile(r"S[A-Z0-9]{2,}")


class SlackChat:
    """Slack through one shared HTTP session; nothing is repeated behind our back.

    Make it inside the running event loop. `client` is for Bolt, which copies its settings;
    `timeout` is in seconds for one call, `view_timeout` for the opening of a modal. A list is read
    in pages of `page` rows, and given up after `pages` of them.
    """

    def __init__(
        self,
        token: str,
        *,
        api_url: str = SLACK_API,
        timeout: float = TIMEOUT,
        view_timeout: float = VIEW_TIMEOUT,
        page: int = PAGE,
        pages: int = PAGES,
    ) -> None:
        # slack_sdk opens a connection for each call without a session, and ignores its own
        # time limit with one.
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout))
        self._view_timeout = view_timeout
        self._page, self._pages = page, pages
        self._identity: Identity | None = None
        self._channel_ids: dict[str, str] = {}
        self.client = AsyncWebClient(
            token, base_url=api_url, session=self._session, retry_handlers=[]
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._session.close()

    async def identity(self) -> Identity:
        """Who the token belongs to, asked once. Raises Declined for a token that Slack refuses."""
        if self._identity is None:
            self._identity = await identify(self.client)
        return self._identity

    async def check_link(self, app_token: str) -> None:
        """Ask for a Socket Mode address. Raises Declined when Slack refuses the token."""
        await read(self.client.apps_connections_open, app_token=app_token)

    async def post(
        self, channel: str, message: Message, *, key: str, thread_ts: str | None = None
    ) -> tuple[str, str]:
        """Post a message; the channel it is in (a direct message has its own) and its ts."""
        answer = await write(
            self.client.chat_postMessage,
            channel=channel,
            thread_ts=thread_ts,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            **_content(message),
            **PLAIN,
        )
        return str(answer["channel"]), str(answer["ts"])

    async def find(
        self, channel: str, key: str, since: datetime, *, thread_ts: str | None = None
    ) -> tuple[str, str] | None:
        """The channel id and ts of our message with that key, posted since then, or None.

        A direct message named by its reader is never found: that would take the right to read
        people's conversations. Raises Fault when there is too much to look through.
        """
        if _USER_ID.fullmatch(channel):
            return None
        place = await self._known_id(channel)
        arguments: dict[str, Any] = {
            "channel": place,
            "oldest": f"{(since - SKEW).timestamp():.6f}",
            "include_all_metadata": True,
        }
        method: Method = self.client.conversations_history
        if thread_ts:
            method, arguments["ts"] = self.client.conversations_replies, thread_ts
        try:
            async for row in self._rows(method, "messages", **arguments):
                if _key(row) == key:
                    return place, str(row["ts"])
        except NotFound:
            log.info("nowhere_to_look", channel=place, thread_ts=thread_ts)
        return None

    async def said(self, channel: str) -> AsyncIterator[tuple[str, Message]]:
        """What the bot said at the top level of the channel of that id, newest first."""
        history, whole = self.client.conversations_history, {"include_all_metadata": True}
        async for row in self._rows(history, "messages", channel=channel, **whole):
            if _key(row) is not None:
                yield str(row["ts"]), Message(row.get("text") or "", tuple(row.get("blocks") or ()))

    async def update(self, channel: str, ts: str, message: Message) -> None:
        """Edit a message of ours; an edit may be repeated. NotFound when it was deleted."""
        await read(
            self.client.chat_update,
            channel=channel,
            ts=ts,
            link_names=False,
            **_content(message),
        )

    async def whisper(
        self,
        channel: str,
        user: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        response_url: str | None = None,
    ) -> None:
        """Show a message to one person only, in that thread where one is named.

        By postEphemeral, else the response_url, else a direct message.
        """
        try:
            await write(
                self.client.chat_postEphemeral,
                channel=channel,
                user=user,
                thread_ts=thread_ts,
                link_names=False,
                **_content(message),
            )
            return
        except Declined as no:
            log.info("whisper_declined", channel=channel, user=user, why=no.text)
        if response_url:
            try:
                told = _content(message) | ({"thread_ts": thread_ts} if thread_ts else {})
                await answer_at(response_url, told, self.client)
                return
            except Declined as no:
                log.info("response_url_declined", channel=channel, user=user, why=no.text)
        await write(self.client.chat_postMessage, channel=user, **_content(message), **PLAIN)

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message."""
        answer = await read(self.client.chat_getPermalink, channel=channel, message_ts=ts)
        return str(answer["permalink"])

    async def channel_id(self, name: str) -> str:
        """The id of the channel of that name or id. NotFound when the bot cannot see it."""
        if _CHANNEL_ID.fullmatch(name):
            answer = await read(self.client.conversations_info, channel=name)
            return str(answer["channel"]["id"])
        wanted = name.removeprefix("#")
        kinds = "public_channel,private_channel"
        async for row in self._rows(
            self.client.conversations_list, "channels", types=kinds, exclude_archived=True
        ):
            if row.get("name") == wanted:
                return str(row["id"])
        hint = "create it, or invite the bot if it is private"
        raise NotFound("slack", f"no channel #{wanted}; {hint}")

    async def _known_id(self, channel: str) -> str:
        """The id of a channel; Slack posts to a name, but reads by id alone."""
        if _CHANNEL_ID.fullmatch(channel):
            return channel
        if channel not in self._channel_ids:
            self._channel_ids[channel] = await self.channel_id(channel)
        return self._channel_ids[channel]

    async def is_member(self, channel: str) -> bool:
        """Whether the bot is in the channel of that id."""
        answer = await read(self.client.conversations_info, channel=channel)
        return bool(answer["channel"].get("is_member"))

    async def upload(self, name: str, content: bytes, alt: str) -> str:
        """Put a picture where messages of ours can show it; the id of the file."""
        size = len(content)
        place = await write(
            self.client.files_getUploadURLExternal, filename=name, length=size, alt_txt=alt[:1000]
        )
        await send_bytes(self._session, str(place["upload_url"]), content)
        file = str(place["file_id"])
        # Without a channel it is shared with nobody; it is the message that shows it.
        await write(self.client.files_completeUploadExternal, files=[{"id": file, "title": name}])
        return file

    async def account(self, slack_id: str) -> Account:
        """One account. NotFound when there is none."""
        me = await self.identity()
        user = (await read(self.client.users_info, user=slack_id))["user"]
        profile = user.get("profile") or {}
        name = profile.get("display_name") or user.get("real_name") or user.get("name") or slack_id
        return Account(slack_id=slack_id, name=str(name), standing=me.standing_of(user))

    async def group_members(self, handle: str) -> tuple[str, ...]:
        """The user ids of a user group, by id (S…) or handle."""
        group = handle
        if not _GROUP_ID.fullmatch(handle):
            wanted = handle.removeprefix("@")
            rows = (await read(self.client.usergroups_list))["usergroups"]
            group = next((str(row["id"]) for row in rows if row.get("handle") == wanted), "")
            if not group:
                raise NotFound("slack", f"no user group @{wanted}")
        answer = await read(self.client.usergroups_users_list, usergroup=group)
        return tuple(map(str, answer["users"]))

    async def publish(self, user: str, view: dict[str, Any]) -> None:
        """Show this as the App Home of a person; the newest one counts."""
        await read(self.client.views_publish, user_id=user, view=view)

    async def open_view(self, trigger_id: str, view: dict[str, Any]) -> None:
        """Open a modal within the trigger's three seconds, or raise Fault."""
        try:
            async with asyncio.timeout(self._view_timeout):
                await write(self.client.views_open, trigger_id=trigger_id, view=view)
        except TimeoutError as error:
            raise Unanswered("slack", "views_open: no answer in time") from error

    async def _rows(
        self, method: Method, name: str, **arguments: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """Every row of a paged list. Raises Fault when it does not end within `pages` pages."""
        cursor = ""
        for _ in range(self._pages):
            page = await read(method, limit=self._page, cursor=cursor or None, **arguments)
            for row in page.get(name) or ():
                yield row
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        raise Fault("slack", f"{method.__name__}: more than {self._pages * self._page} {name}")


def _content(message: Message) -> dict[str, Any]:
    # An edit that leaves the blocks out would keep the old ones, so they are always sent.
    return {"text": message.text, "blocks": list(message.blocks)}


def _key(row: dict[str, Any]) -> str | None:
    metadata = row.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    key = (metadata.get("event_payload") or {}).get("key")
    return key if isinstance(key, str) else None
