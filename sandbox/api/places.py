"""People and channels by the names that a caller uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.refusals import Refusal
from sandbox.slack.channels import Channel
from sandbox.slack.users import User

if TYPE_CHECKING:
    from sandbox.world import World


def person(world: World, name: str) -> User:
    """Raises Refusal for a name that nobody has."""
    try:
        return world.slack.named(name)
    except KeyError:
        raise Refusal("unknown_person", f"There is nobody called {name}.", 404) from None


def channel(world: World, name: str) -> Channel:
    """Raises Refusal for a channel that there is not."""
    try:
        return world.slack.channel_named(name)
    except KeyError:
        raise Refusal("unknown_channel", f"There is no channel {name}.", 404) from None
