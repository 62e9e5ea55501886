"""Channels and direct messages, with the messages in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.slack.identity import BOT_USER_ID, TEAM_ID
from sandbox.slack.messages import Message


@dataclass
class Channel:
    """A public channel, or a direct message when `with_user` is set."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    with_user: str | None = None
    topic: str = ""
    archived: bool = False
    creator: str = ""
    created: int = 0
    messages: dict[str, Message] = field(default_factory=dict)

    def post(self, message: Message) -> Message:
        self.messages[message.ts] = message
        return message

    def history(self) -> list[Message]:
        """What everybody in it sees at top level, oldest first."""
        return [
            message
            for message in self.messages.values()
            if message.ephemeral_for is None and (not message.is_reply or message.broadcast)
        ]

    def thread(self, root: str) -> list[Message]:
        """A root and its replies, oldest first."""
        return [
            message
            for message in self.messages.values()
            if message.ephemeral_for is None and root in (message.ts, message.thread_ts)
        ]

    def as_slack(self) -> dict[str, object]:
        """The conversation object of conversations.list and .info."""
        if self.with_user:
            return {
                "id": self.id,
                "is_im": True,
                "user": self.with_user,
                "context_team_id": TEAM_ID,
                "is_archived": False,
                "is_open": True,
            }
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "created": self.created,
            "creator": self.creator,
            "is_channel": True,
            "is_group": False,
            "is_im": False,
            "is_mpim": False,
            "is_private": False,
            "is_archived": self.archived,
            "is_general": self.name == "general",
            "is_shared": False,
            "is_ext_shared": False,
            "is_member": BOT_USER_ID in self.members,
            "num_members": len(self.members),
            "context_team_id": TEAM_ID,
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }
