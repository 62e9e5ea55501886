"""Controls of messages, modals and App Homes: found by what people see, then pressed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.refusals import Refusal
from sandbox.slack import payloads
from sandbox.slack.channels import Channel
from sandbox.slack.delivery import Ack, deliver
from sandbox.slack.fields import chosen, is_field
from sandbox.slack.messages import Block, Message, walk
from sandbox.slack.payloads import Actor
from sandbox.slack.people import find_message
from sandbox.slack.suggestions import Surface, offered, suggested
from sandbox.slack.views import View

if TYPE_CHECKING:
    from sandbox.world import World


@dataclass(frozen=True)
class Press:
    """What is pressed: a visible text or action_id, and for selects the value chosen."""

    button: str
    block_id: str | None = None
    value: Any = None
    stale: bool = False
    confirm: bool = True


@dataclass(frozen=True)
class Pressed:
    """What came of it; both are None when the person said no in the confirm dialog."""

    ack: Ack | None = None
    modal: str | None = None


async def press_in_message(
    world: World, actor: Actor, channel: Channel, ts: str, press: Press
) -> Pressed:
    """Press a control of a message. Raises Refusal and NotAcked."""
    message = find_message(channel, ts)
    if message.ephemeral_for not in (None, actor.user.id):
        raise Refusal("no_such_message", f"{actor.user.name} does not see this message.", 404)
    shown, element = _find_in_message(message, press)
    if _declined(element, press):
        return Pressed()
    element = await _with_choice(world, actor, element, press, Surface.of_message(channel, shown))
    payload = payloads.message_action(world, actor, channel, _action(element), shown)
    return await _press(world, payload)


async def press_in_view(world: World, actor: Actor, view: View, press: Press) -> Pressed:
    """Press a control of a modal or an App Home. Raises Refusal and NotAcked."""
    element = _find(view.blocks, press)
    if element is None:
        raise _no_such_button(press)
    if _declined(element, press):
        return Pressed()
    element = await _with_choice(world, actor, element, press, Surface.of_view(view))
    payload = payloads.view_action(world, actor, _action(element), view)
    return await _press(world, payload)


async def message_options(
    world: World, actor: Actor, channel: Channel, ts: str, action_id: str, query: str
) -> list[Block]:
    """The options of an external select of a message. Raises Refusal and NotAcked."""
    message = find_message(channel, ts)
    press = Press(action_id, value=query)
    shown, element = _find_in_message(message, press)
    surface, block_id = Surface.of_message(channel, shown), element["block_id"]
    return await suggested(world, actor, surface, block_id, action_id, query)


async def _press(world: World, payload: dict[str, Any]) -> Pressed:
    # Slack takes no answer from the ack of a control, so its body is dropped here.
    ack = await deliver(world, "interactive", payload)
    return Pressed(ack, world.slack.triggers.view_of(payload["trigger_id"]))


def _find_in_message(message: Message, press: Press) -> tuple[Message, Block]:
    element = _find(message.all_blocks(), press)
    if element:
        return message, element
    if press.stale:
        for earlier in reversed(message.earlier):
            element = _find(earlier.all_blocks(), press)
            if element:
                return earlier, element
    raise _no_such_button(press)


def _find(blocks: list[Block], press: Press) -> Block | None:
    """The control as an entry of `actions`, with its block_id."""
    for block in blocks:
        if press.block_id not in (None, block["block_id"]):
            continue
        for element in _controls(block):
            found = _pressed(element, press)
            if found:
                return found | {"block_id": block["block_id"]}
    return None


def _pressed(element: Block, press: Press) -> Block | None:
    by_id = element["action_id"] == press.button
    match element["type"]:
        case "button":
            return element if by_id or element["text"]["text"] == press.button else None
        case "overflow":
            for option in element["options"]:
                wanted = press.value if by_id else press.button
                if wanted in (option["text"]["text"], option.get("value")):
                    return element | {"selected_option": option}
            return None
        case _:
            return element if by_id and press.value is not None else None


async def _with_choice(
    world: World, actor: Actor, element: Block, press: Press, surface: Surface
) -> Block:
    """A field with what was chosen in it; other controls as they are."""
    if not is_field(element):
        return element
    value, block_id = press.value, element["block_id"]
    options = await offered(world, actor, surface, block_id, element, value)
    return element | chosen(world.slack, element, value, options)


def _controls(block: Block) -> Iterator[Block]:
    for node in walk(block):
        if node.get("type") in ("button", "overflow") or is_field(node):
            yield node


def _action(element: Block) -> Block:
    """What Slack sends of a control: not its options or texts around it."""
    left_out = ("confirm", "options", "option_groups", "accessibility_label", "url")
    return {name: value for name, value in element.items() if name not in left_out}


def _declined(element: Block, press: Press) -> bool:
    return "confirm" in element and not press.confirm


def _no_such_button(press: Press) -> Refusal:
    return Refusal("no_such_button", f"There is no {press.button!r} to press here.")
