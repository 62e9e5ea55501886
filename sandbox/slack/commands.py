"""Slash commands: from the typed line to the ephemeral answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.refusals import Refusal
from sandbox.slack import payloads
from sandbox.slack.answers import Answered, put_answer
from sandbox.slack.blocks import check_blocks
from sandbox.slack.channels import Channel
from sandbox.slack.delivery import Ack, NotAcked, deliver
from sandbox.slack.errors import SlackError
from sandbox.slack.messages import Message
from sandbox.slack.payloads import Actor
from sandbox.slack.people import typed

if TYPE_CHECKING:
    from sandbox.world import World


@dataclass(frozen=True)
class Outcome:
    """What came of a command: its answer, or the word of Slack's error."""

    trigger: str | None = None
    ack: Ack | None = None
    answer: Message | None = None
    error: str | None = None


async def run(
    world: World, actor: Actor, channel: Channel, line: str, thread_ts: str | None
) -> Outcome:
    """Type `/command text` as a person; waits for the ack as Slack does."""
    name, _, text = line.strip().partition(" ")
    command = world.slack.manifest.command(name)
    if command is None:
        raise Refusal("unknown_command", f"{name} is not a valid command.", 404)
    if thread_ts:
        return Outcome(error="not_in_threads")
    text = text.strip()
    if command.get("should_escape"):
        text = typed(world.slack, text)
    payload = payloads.slash_command(world, actor, channel, name, text)
    trigger = payload["trigger_id"]
    try:
        ack = await deliver(world, "slash_commands", payload, accepts_payload=True)
    except NotAcked as error:
        return Outcome(trigger, error=error.word)
    try:
        answer = _answer(world, actor, channel, ack.body)
    except SlackError:
        return Outcome(trigger, ack, error="invalid_command_response")
    return Outcome(trigger, ack, answer)


def _answer(world: World, actor: Actor, channel: Channel, body: Any) -> Message | None:
    """The body of the ack, shown to the person (or in the channel, if it says so)."""
    if not isinstance(body, dict) or not (body.get("text") or body.get("blocks")):
        return None
    check_blocks(body.get("blocks") or [], "message")
    return put_answer(world.slack, Answered(actor.user.id, channel.id), body)
