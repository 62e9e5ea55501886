"""The workspace: its members, channels, views and what happens in them."""

from __future__ import annotations

import itertools
from typing import Any

from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.seeds import Seed
from sandbox.slack.channels import Channel
from sandbox.slack.files import Files
from sandbox.slack.identity import BOT_USER_ID
from sandbox.slack.kinds import CONTROLS
from sandbox.slack.manifest import Manifest
from sandbox.slack.messages import Block, Message, walk
from sandbox.slack.rates import Rates
from sandbox.slack.response_urls import ResponseUrls
from sandbox.slack.triggers import Triggers
from sandbox.slack.users import GONOGO, User
from sandbox.slack.views import Views


class Workspace:
    """All state of the local Slack. Looking up what is not there raises KeyError."""

    def __init__(self, clock: Clock, events: Events, seed: Seed, manifest: Manifest) -> None:
        self.clock = clock
        self.events = events
        self.manifest = manifest
        people = [User.of(person) for person in seed.people]
        self.users = {user.id: user for user in [GONOGO, *people]}
        self.user_groups = {
            group: (handle, [self.named(name).id for name in names])
            for handle, (group, names) in seed.user_groups.items()
        }
        humans = {user.id for user in people if not user.bot}
        self.channels: dict[str, Channel] = {}
        for name, channel_id in seed.channels.items():
            bot = {BOT_USER_ID} if name in seed.bot_is_in else set()
            self.channels[channel_id] = Channel(channel_id, name, humans | bot)
        self.views = Views()
        self.triggers = Triggers()
        self.response_urls = ResponseUrls(clock)
        self.rates = Rates(clock)
        self.files = Files(clock)
        self.lets_apps_make_channels = True
        self._last_ts = 0
        self._block_ids = itertools.count(1)

    def named(self, name: str) -> User:
        """A member by the name that people type."""
        wanted = name.removeprefix("@")
        for user in self.users.values():
            if user.name == wanted:
                return user
        raise KeyError(name)

    def channel_named(self, name: str) -> Channel:
        """A channel as people call it: `deployments`, `#deployments`, its id, or `@ana`."""
        if name.startswith("@"):
            return self.direct_message(self.named(name).id)
        wanted = name.removeprefix("#")
        for channel in self.channels.values():
            if wanted == channel.id or (wanted == channel.name and not channel.with_user):
                return channel
        raise KeyError(name)

    def make_channel(self, name: str, creator: str) -> Channel:
        """A new public channel with nobody but its creator."""
        id = f"C0NEW{len(self.channels):03}"
        created = int(self.clock.now().timestamp())
        made = Channel(id, name, {creator}, creator=creator, created=created)
        self.channels[id] = made
        self.events.publish("channels")
        return made

    def direct_message(self, user: str) -> Channel:
        """The bot's conversation with a person, opened when there is none yet."""
        channel_id = f"D{user[1:]}"
        if channel_id not in self.channels:
            name = f"@{self.users[user].name}"
            self.channels[channel_id] = Channel(channel_id, name, {user, BOT_USER_ID}, user)
        return self.channels[channel_id]

    def next_ts(self) -> str:
        """A new timestamp, later than all before it."""
        now = self.clock.now()
        micros = int(now.timestamp()) * 1_000_000 + now.microsecond
        self._last_ts = max(micros, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06}"

    def post(
        self,
        channel: Channel,
        user: str,
        text: str,
        blocks: list[Block] | None = None,
        **rest: Any,
    ) -> Message:
        """Put a new message into a channel; `rest` are further fields of Message."""
        blocks = self.with_ids(blocks or [])
        message = Message(self.next_ts(), channel.id, user, text, blocks, **rest)
        channel.post(message)
        self.changed(message)
        return message

    def replace(
        self,
        message: Message,
        text: str,
        blocks: list[Block],
        attachments: list[Block] | None = None,
    ) -> None:
        """Edit a message in place."""
        message.replace(
            text=text,
            blocks=self.with_ids(blocks),
            attachments=attachments or [],
            at=self.next_ts(),
        )
        self.changed(message)

    def remove(self, message: Message) -> None:
        del self.channels[message.channel].messages[message.ts]
        self.changed(message)

    def changed(self, message: Message) -> None:
        """Tell the watchers that a message came, changed or went."""
        self.events.publish(
            "message",
            channel=message.channel,
            ts=message.ts,
            thread_ts=message.thread_ts,
            ephemeral_for=message.ephemeral_for,
        )

    def with_ids(self, blocks: list[Block]) -> list[Block]:
        """Blocks as Slack keeps them: those without ids get some."""
        for block in blocks:
            block.setdefault("block_id", f"blk{next(self._block_ids)}")
            for element in walk(list(block.values())):
                if element.get("type") in CONTROLS:
                    element.setdefault("action_id", f"act{next(self._block_ids)}")
        return blocks
