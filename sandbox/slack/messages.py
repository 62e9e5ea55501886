"""Messages: what stands in a channel, who may read it, and what it said before."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.identity import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID

Block = dict[str, Any]


@dataclass
class Message:
    """One message; `earlier` holds the contents that edits replaced, oldest first."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Block] = field(default_factory=list)
    attachments: list[Block] = field(default_factory=list)
    thread_ts: str | None = None
    edited: str | None = None
    ephemeral_for: str | None = None
    metadata: dict[str, Any] | None = None
    broadcast: bool = False
    pinned: bool = False
    earlier: list[Message] = field(default_factory=list)

    @property
    def by_gonogo(self) -> bool:
        return self.user == BOT_USER_ID

    @property
    def is_reply(self) -> bool:
        return self.thread_ts not in (None, self.ts)

    def all_blocks(self) -> list[Block]:
        """Its blocks, and those inside its attachments."""
        inside = [block for one in self.attachments for block in one.get("blocks", ())]
        return self.blocks + inside

    def replace(
        self, *, text: str, blocks: list[Block], attachments: list[Block], at: str | None
    ) -> None:
        """Put new contents in the place of the old; `at` marks it as edited then."""
        was = copy.copy(self)
        was.earlier = []
        self.earlier.append(was)
        self.text, self.blocks, self.attachments = text, blocks, attachments
        self.edited = at or self.edited

    def as_slack(self, *, with_metadata: bool = False) -> dict[str, Any]:
        """The message object of conversations.history and of payloads."""
        data: dict[str, Any] = {
            "type": "message",
            "user": self.user,
            "text": self.text,
            "ts": self.ts,
            "team": TEAM_ID,
        }
        if self.by_gonogo:
            data |= {"bot_id": BOT_ID, "app_id": APP_ID}
        if self.blocks:
            data["blocks"] = self.blocks
        if self.attachments:
            data["attachments"] = self.attachments
        if self.thread_ts:
            data["thread_ts"] = self.thread_ts
        if self.broadcast:
            data["subtype"] = "thread_broadcast"
        if self.edited:
            data["edited"] = {"user": self.user, "ts": self.edited}
        if self.pinned:
            data["pinned_to"] = [self.channel]
        if self.metadata and with_metadata:
            data["metadata"] = self.metadata
        return data


def walk(node: object) -> Iterator[Block]:
    """Every object inside blocks, in the order in which they are read."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)
