"""Options of external selects: asked of the bot while somebody types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.slack import payloads
from sandbox.slack.channels import Channel
from sandbox.slack.delivery import deliver
from sandbox.slack.kinds import EXTERNAL
from sandbox.slack.messages import Block, Message
from sandbox.slack.payloads import Actor
from sandbox.slack.views import View

if TYPE_CHECKING:
    from sandbox.world import World


@dataclass(frozen=True)
class Surface:
    """Where a select stands, as a payload tells it."""

    fields: Block

    @classmethod
    def of_view(cls, view: View) -> Surface:
        container = {"type": "view", "view_id": view.id}
        return cls({"container": container, "view": view.as_slack()})

    @classmethod
    def of_message(cls, channel: Channel, message: Message) -> Surface:
        container = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
        place = {"id": channel.id, "name": channel.name}
        return cls({"container": container, "channel": place, "message": message.as_slack()})


async def suggested(
    world: World, actor: Actor, surface: Surface, block_id: str, action_id: str, query: str
) -> list[Block]:
    """What the bot suggests for the text typed so far. Raises NotAcked."""
    asked = {"action_id": action_id, "block_id": block_id, "value": query}
    payload = payloads.suggestion(world, actor, asked, surface.fields)
    ack = await deliver(world, "interactive", payload, accepts_payload=True)
    body = ack.body if isinstance(ack.body, dict) else {}
    groups = body.get("option_groups", ())
    return [*body.get("options", ()), *(one for group in groups for one in group["options"])]


async def offered(
    world: World, actor: Actor, surface: Surface, block_id: str, element: Block, value: Any
) -> list[Block] | None:
    """The options among which `value` (or each of several) can be; None for other fields.

    People find an option by typing into the field, or in the list that opens without a text.
    """
    if element["type"] not in EXTERNAL:
        return None
    found: list[Block] = []
    for one in value if isinstance(value, list) else [value]:
        for query in (str(one), ""):
            if not any(one in (option["text"]["text"], option["value"]) for option in found):
                found += await suggested(
                    world, actor, surface, block_id, element["action_id"], query
                )
    return found
