"""Modals as people use them: filled in by label, submitted, closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.refusals import Refusal
from sandbox.slack import payloads
from sandbox.slack.blocks import check_view
from sandbox.slack.delivery import Ack, deliver
from sandbox.slack.fields import chosen, is_empty, is_field, untouched
from sandbox.slack.messages import Block, walk
from sandbox.slack.payloads import Actor
from sandbox.slack.suggestions import Surface, offered, suggested
from sandbox.slack.views import STACK_LIMIT, View

if TYPE_CHECKING:
    from sandbox.world import World


@dataclass(frozen=True)
class Submitted:
    """The bot's answer to a submission; `errors` are by block_id."""

    ack: Ack
    action: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """A field of a view, with the block that it stands in."""

    block: Block
    element: Block

    @property
    def names(self) -> tuple[str, ...]:
        """What people may call it: its label, action_id or block_id."""
        label = self.block.get("label", {}).get("text", "")
        return label, self.element["action_id"], self.block["block_id"]

    @property
    def required(self) -> bool:
        return self.block["type"] == "input" and not self.block.get("optional", False)


def fields(view: View) -> Iterator[Field]:
    """The fields of a view, from top to bottom."""
    for block in view.blocks:
        for element in walk(block):
            if is_field(element):
                yield Field(block, element)


async def fill(world: World, actor: Actor, view: View, values: Mapping[str, Any]) -> None:
    """Fill fields in; external selects are queried first. Raises Refusal and NotAcked."""
    by_name = {name: one for one in fields(view) for name in one.names if name}
    for one in fields(view):
        states = view.state.setdefault(one.block["block_id"], {})
        states.setdefault(one.element["action_id"], untouched(one.element))
    for name, value in values.items():
        if name not in by_name:
            raise Refusal("no_such_field", f"The form has no field {name!r}.")
        one = by_name[name]
        block_id, element = one.block["block_id"], one.element
        options = await offered(world, actor, Surface.of_view(view), block_id, element, value)
        state = chosen(world.slack, element, value, options)
        view.state[block_id][element["action_id"]] = state


async def submit(world: World, actor: Actor, view: View) -> Submitted:
    """Press the submit button. Raises Refusal and NotAcked."""
    _complete(view)
    payload = payloads.view_submission(world, actor, view)
    ack = await deliver(world, "interactive", payload, accepts_payload=True)
    body = ack.body if isinstance(ack.body, dict) else {}
    action = body.get("response_action")
    views, user = world.slack.views, actor.user.id
    if action == "errors":
        inputs = {one.block["block_id"] for one in fields(view) if one.block["type"] == "input"}
        if not body["errors"] or not inputs.issuperset(body["errors"]):
            raise Refusal("trouble_connecting", "We had some trouble connecting. Try again?")
        view.errors = dict(body["errors"])
    elif action in ("update", "push"):
        source = body["view"]
        check_view(source, "modal")
        world.slack.with_ids(source["blocks"])
        if action == "update":
            views.update(view, source)
        elif len(views.stack(user)) < STACK_LIMIT:
            views.push(user, source)
    elif view in views.stack(user):
        views.close(user, everything=action == "clear")
    world.events.publish("modal", user=user)
    return Submitted(ack, action, view.errors if action == "errors" else {})


async def close(world: World, actor: Actor, *, everything: bool) -> None:
    """Press the close button, or close the whole stack."""
    stack = world.slack.views.stack(actor.user.id)
    if not stack:
        raise Refusal("no_modal", f"{actor.user.name} has no modal open.")
    gone = stack[:] if everything else stack[-1:]
    world.slack.views.close(actor.user.id, everything=everything)
    world.events.publish("modal", user=actor.user.id)
    for view in reversed(gone):
        if view.source.get("notify_on_close"):
            told = payloads.view_closed(world, actor, view, cleared=everything)
            await deliver(world, "interactive", told)


async def view_options(
    world: World, actor: Actor, view: View, action_id: str, query: str
) -> list[Block]:
    """The options of an external select of a view. Raises Refusal and NotAcked."""
    for one in fields(view):
        if one.element["action_id"] == action_id:
            surface, block_id = Surface.of_view(view), one.block["block_id"]
            return await suggested(world, actor, surface, block_id, action_id, query)
    raise Refusal("no_such_field", f"The form has no field {action_id!r}.")


def _complete(view: View) -> None:
    """Refuse what Slack's own form would not submit."""
    for one in fields(view):
        state = view.state[one.block["block_id"]][one.element["action_id"]]
        label = one.names[0]
        if one.required and is_empty(state):
            raise Refusal("required", f"{label}: please complete this required field.")
        text = state.get("value") or ""
        if len(text) > one.element.get("max_length", 3000):
            raise Refusal("too_long", f"{label}: {len(text)} characters are too many.")
        if text and len(text) < one.element.get("min_length", 0):
            raise Refusal("too_short", f"{label}: {len(text)} characters are too few.")
