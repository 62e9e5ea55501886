"""One call of the Web API: who calls, and the arguments in whatever encoding they came."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.slack.channels import Channel
from sandbox.slack.errors import SlackError
from sandbox.slack.messages import Message

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace
    from sandbox.world import World

Answer = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """The arguments of a call, read as the type that the method wants."""

    world: World
    method: str
    args: Mapping[str, Any]

    @property
    def slack(self) -> Workspace:
        return self.world.slack

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """Raises SlackError where the argument is absent or empty."""
        value = self.text(name)
        if not value:
            problem = f"[ERROR] missing required field: {name}"
            raise SlackError("invalid_arguments", response_metadata={"messages": [problem]})
        return value

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "1")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise SlackError("invalid_arguments") from None

    def structure(self, name: str) -> Any:
        """JSON as an object, or as the text that forms carry; None where absent."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackError("invalid_arguments") from None

    def require(self, scope: str) -> None:
        """Raises SlackError unless the app was granted the scope."""
        granted = self.slack.manifest.scopes
        if scope not in granted:
            provided = ",".join(sorted(granted))
            raise SlackError("missing_scope", needed=scope, provided=provided)

    def channel(self) -> Channel:
        """The channel named by its id."""
        channel = self.slack.channels.get(self.required("channel"))
        if channel is None:
            raise SlackError("channel_not_found")
        return channel

    def message(self, channel: Channel, argument: str = "ts") -> Message:
        """A message that everybody in the channel sees."""
        message = channel.messages.get(self.required(argument))
        if message is None or message.ephemeral_for:
            raise SlackError("message_not_found")
        return message


Method = Callable[[Call], Awaitable[Answer]]
