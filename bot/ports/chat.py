"""The chat port: Slack as the bot uses it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.people import Standing
from bot.messages.blocks import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A Slack account as users.info tells it."""

    slack_id: str
    name: str
    standing: Standing


class Chat(Protocol):
    """Slack as the bot uses it. No call repeats a post; Unanswered means that it may have gone
    out.
    """

    async def post(
        self, channel: str, message: Message, *, key: str, thread_ts: str | None = None
    ) -> tuple[str, str]:
        """Post a message, `key` in its metadata; the channel it is in and its ts.

        A user id as channel is a direct message, which has a channel of its own.
        """

    async def find(
        self, channel: str, key: str, since: datetime, *, thread_ts: str | None = None
    ) -> tuple[str, str] | None:
        """(channel id, ts) of our message with that key in its metadata, posted since then."""

    async def update(self, channel: str, ts: str, message: Message) -> None:
        """Edit a message of ours. NotFound when it was deleted."""

    async def whisper(
        self,
        channel: str,
        user: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        response_url: str | None = None,
    ) -> None:
        """Show a message to one person only, in that thread where one is named: postEphemeral,
        else the response_url, else a direct message.
        """

    async def upload(self, name: str, content: bytes, alt: str) -> str:
        """Put a picture where messages of ours can show it; the id of the file.

        Nobody sees it until then. `alt` is read aloud to those who do not see it.
        """

    async def permalink(self, channel: str, ts: str) -> str:
        """The address of a message."""

    async def channel_id(self, name: str) -> str:
        """The id of the channel of that name or id. NotFound when the bot cannot see it."""

    async def account(self, slack_id: str) -> Account:
        """One account. NotFound when there is none."""

    async def group_members(self, handle: str) -> tuple[str, ...]:
        """The user ids of a user group, by id (S…) or handle."""

    async def publish(self, user: str, view: dict[str, Any]) -> None:
        """Show this as the App Home of a person; the newest one counts."""

    async def open_view(self, trigger_id: str, view: dict[str, Any]) -> None:
        """Open a modal within the trigger's three seconds, or raise Fault."""
