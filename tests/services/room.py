"""A Slack in memory: who is who, and what was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from bot.domain.errors import Fault, NotFound
from bot.domain.people import Standing
from bot.messages.blocks import Message
from bot.ports import Account


@dataclass
class Room:
    """A Slack in memory. A `silent` one does not say who is who, and takes no edit; of the `hidden`
    alone it does not say who they are, of the `mute` groups who is in them; of the `barred` ones it
    says what stands there.
    """

    groups: dict[str, set[str]]
    gone: set[str] = field(default_factory=set)
    silent: bool = False
    hidden: set[str] = field(default_factory=set)
    mute: set[str] = field(default_factory=set)
    barred: dict[str, Fault] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    said: dict[str, tuple[str, Message]] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    async def post(
        self, channel: str, message: Message, *, key: str, thread_ts: str | None = None
    ) -> tuple[str, str]:
        ts = f"{next(self.numbers)}.0"
        self.said[key] = (ts, message)
        return channel, ts

    async def find(
        self, channel: str, key: str, since: datetime, *, thread_ts: str | None = None
    ) -> tuple[str, str] | None:
        return (channel, self.said[key][0]) if key in self.said else None

    async def update(self, channel: str, ts: str, message: Message) -> None:
        self._answers()
        key = next((key for key, (posted, _) in self.said.items() if posted == ts), None)
        if key is None:
            raise NotFound("slack", "message_not_found")
        self.said[key] = (ts, message)

    async def whisper(
        self,
        channel: str,
        user: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        response_url: str | None = None,
    ) -> None:
        pass

    async def permalink(self, channel: str, ts: str) -> str:
        return f"https://acme.slack.com/{channel}/{ts}"

    async def channel_id(self, name: str) -> str:
        return name

    async def account(self, slack_id: str) -> Account:
        self._answers()
        self.asked.append(slack_id)
        if slack_id in self.hidden:
            raise Fault("slack", "users_info: rate limit, again in 7 s", retry_after=7)
        if slack_id in self.gone:
            raise NotFound("slack", "user_not_found")
        return Account(slack_id=slack_id, name=slack_id, standing=Standing.MEMBER)

    async def group_members(self, handle: str) -> tuple[str, ...]:
        self._answers()
        if handle in self.mute:
            raise Fault("slack", "usergroups_users_list: internal_error")
        if handle in self.barred:
            raise self.barred[handle]
        return tuple(sorted(self.groups[handle]))

    async def upload(self, name: str, content: bytes, alt: str) -> str:
        return "F0PICTURE"

    async def publish(self, user: str, view: dict[str, Any]) -> None:
        pass

    async def open_view(self, trigger_id: str, view: dict[str, Any]) -> None:
        pass

    def _answers(self) -> None:
        if self.silent:
            raise Fault("slack", "HTTP 503")
