"""The channels port: the channels of incidents in Slack, and their part of the store port."""

from datetime import datetime
from typing import Protocol

from bot.domain.errors import Declined
from bot.domain.incidents.channels import OwnChannel


class NameTaken(Declined):
    """There is a channel of that name, perhaps our own."""


class TakesNothing(Declined):
    """Nobody may write there any more, whatever it is: the channel is archived, or we are out."""


class Channels(Protocol):
    """Channels that the bot makes. What is as it should be already is no error."""

    async def create(self, name: str) -> str:
        """Make a public channel, once; its id. Raises NameTaken, Declined or Unanswered."""

    async def ours(self, name: str, since: datetime) -> str | None:
        """The id of the channel of that name, if the bot itself made it since then."""

    async def invite(self, channel: str, user: str) -> None: ...
    async def describe(self, channel: str, topic: str) -> None:
        """Set its topic."""

    async def settle(self, channel: str) -> None:
        """Take the buttons off what the bot said there."""

    async def archive(self, channel: str) -> None: ...


class OwnChannelTx(Protocol):
    """Own channels within one transaction; each change makes the incident's message stale."""

    def add_own_channel(self, channel: OwnChannel) -> None: ...
    def save_own_channel(self, old: OwnChannel, new: OwnChannel) -> OwnChannel:
        """Replace `old` by `new` if nobody else did; it comes back with the next revision."""

    def own_channel(self, incident_id: int) -> OwnChannel | None:
        """The one that an incident has or is to have."""

    def own_channel_at(self, channel: str) -> OwnChannel | None:
        """The one that is the channel of that id."""

    def own_channels_due(self, now: datetime) -> tuple[int, ...]:
        """Incidents about whose channel something has to be done."""

    def room_of(self, key: str) -> OwnChannel | None:
        """The channel in which what belongs to that root message is said, if it is open."""
