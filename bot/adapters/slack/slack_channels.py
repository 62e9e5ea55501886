"""SlackChannels: the Channels port over Slack's Web API."""

from datetime import datetime
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from bot.adapters.slack.slack import PAGE, PAGES, SlackChat
from bot.adapters.slack.slack_calls import read, write
from bot.domain.errors import Declined, Fault, NotFound
from bot.messages.blocks import without_buttons
from bot.ports.channels import NameTaken

log = structlog.get_logger()


class SlackChannels:
    """Public channels that the bot makes, through the session of its chat."""

    def __init__(self, chat: SlackChat) -> None:
        self._chat = chat

    async def create(self, name: str) -> str:
        """Make a public channel, once; its id."""
        client = self._chat.client
        try:
            answer = await write(client.conversations_create, name=name, is_private=False)
        except Declined as no:
            if _word(no) == "name_taken":
                raise NameTaken("slack", no.text) from no
            raise
        return str(answer["channel"]["id"])

    async def ours(self, name: str, since: datetime) -> str | None:
        """The channel of that name, if the bot itself made it since then; archived ones hold their
        names, too.
        """
        me, client, cursor = await self._chat.identity(), self._chat.client, ""
        for _ in range(PAGES):
            page = await read(
                client.conversations_list,
                types="public_channel",
                limit=PAGE,
                cursor=cursor or None,
            )
            for row in page.get("channels") or ():
                if row.get("name") == name:
                    return _made_by(row, me.user_id, since)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None
        raise Fault("slack", f"conversations_list: more than {PAGES * PAGE} channels")

    async def invite(self, channel: str, user: str) -> None:
        """Who is in it already is welcome."""
        client = self._chat.client
        await _unless(
            ("already_in_channel", "cant_invite_self"),
            write(client.conversations_invite, channel=channel, users=user),
        )

    async def describe(self, channel: str, topic: str) -> None:
        """Set its topic; the same one again changes nothing."""
        await read(self._chat.client.conversations_setTopic, channel=channel, topic=topic)

    async def settle(self, channel: str) -> None:
        """Take the buttons off what the bot said there; what was deleted or cannot be edited stays
        as it is.
        """
        async for ts, message in self._chat.said(channel):
            settled = without_buttons(message)
            if settled != message:
                try:
                    await self._chat.update(channel, ts, settled)
                except (Declined, NotFound) as no:
                    log.info("not_settled", channel=channel, ts=ts, why=no.text)

    async def archive(self, channel: str) -> None:
        """Nobody writes there any more."""
        client = self._chat.client
        await _unless(("already_archived",), write(client.conversations_archive, channel=channel))


def _made_by(row: dict[str, Any], bot: str, since: datetime) -> str | None:
    is_new = float(row.get("created") or 0) >= since.timestamp()
    return str(row["id"]) if row.get("creator") == bot and is_new else None


async def _unless(welcome: tuple[str, ...], call: Any) -> None:
    try:
        await call
    except Declined as no:
        if _word(no) not in welcome:
            raise


def _word(no: Declined) -> str:
    """Slack's own word for the reason."""
    error: BaseException | None = no
    while error is not None and not isinstance(error, SlackApiError):
        error = error.__cause__
    return str(error.response.get("error")) if error is not None else ""
