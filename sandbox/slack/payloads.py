"""Payloads that Slack sends to the bot, field by field."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.slack.channels import Channel
from sandbox.slack.identity import (
    APP_ID,
    BOT_USER_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    VERIFICATION_TOKEN,
)
from sandbox.slack.messages import Message
from sandbox.slack.users import User
from sandbox.slack.views import View

if TYPE_CHECKING:
    from sandbox.world import World

Payload = dict[str, Any]


@dataclass(frozen=True)
class Actor:
    """Who does something, and the workspace that they claim to be of."""

    user: User
    team: str = TEAM_ID

    def as_slack(self) -> Payload:
        return {
            "id": self.user.id,
            "username": self.user.name,
            "name": self.user.name,
            "team_id": self.team,
        }


def slash_command(world: World, actor: Actor, channel: Channel, command: str, text: str) -> Payload:
    """Somebody typed a command; has a trigger_id and a response_url."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": actor.team,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": actor.user.id,
        "user_name": actor.user.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": _response_url(world, actor, channel),
        "trigger_id": world.slack.triggers.new(actor.user.id),
    }


def message_action(
    world: World, actor: Actor, channel: Channel, element: Payload, message: Message
) -> Payload:
    """Somebody used a control of a message; `element` is the entry of `actions`."""
    ephemeral = message.ephemeral_for is not None
    container: Payload = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _interaction(world, actor, "block_actions") | {
        "container": container,
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        "state": {"values": {}},
        "response_url": _response_url(world, actor, channel, message),
        "actions": [element | {"action_ts": world.slack.next_ts()}],
    }
    # Slack keeps no ephemeral message, so it has none to send.
    return payload if ephemeral else payload | {"message": message.as_slack()}


def view_action(world: World, actor: Actor, element: Payload, view: View) -> Payload:
    """Somebody used a control of a modal or of the App Home."""
    return _interaction(world, actor, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "view": view.as_slack(),
        "actions": [element | {"action_ts": world.slack.next_ts()}],
    }


def view_submission(world: World, actor: Actor, view: View) -> Payload:
    """Somebody submitted a modal."""
    return _interaction(world, actor, "view_submission") | {
        "view": view.as_slack(),
        "response_urls": [],
    }


def view_closed(world: World, actor: Actor, view: View, *, cleared: bool) -> Payload:
    """Somebody closed a modal that wants to be told."""
    payload = _interaction(world, actor, "view_closed")
    del payload["trigger_id"]
    return payload | {"view": view.as_slack(), "is_cleared": cleared}


def suggestion(world: World, actor: Actor, element: Payload, container: Payload) -> Payload:
    """Somebody typed into an external select; `element` has block_id, action_id and value."""
    payload = _interaction(world, actor, "block_suggestion")
    del payload["trigger_id"]
    return payload | element | container


def shortcut(world: World, actor: Actor, callback_id: str) -> Payload:
    """Somebody used a shortcut that is offered everywhere: nobody is told where."""
    used = {"callback_id": callback_id, "action_ts": world.slack.next_ts()}
    return _interaction(world, actor, "shortcut") | used


def message_shortcut(
    world: World, actor: Actor, callback_id: str, channel: Channel, message: Message
) -> Payload:
    """Somebody used a shortcut on a message."""
    return _interaction(world, actor, "message_action") | {
        "callback_id": callback_id,
        "message_ts": message.ts,
        "action_ts": world.slack.next_ts(),
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        "message": message.as_slack(),
        "response_url": _response_url(world, actor, channel, message),
    }


def event_callback(world: World, event: Payload, team: str = TEAM_ID) -> Payload:
    """Something happened; `event` is the inner event."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team,
        "api_app_id": APP_ID,
        "type": "event_callback",
        "event": event,
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(world.clock.now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": BOT_USER_ID,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-local",
    }


def _interaction(world: World, actor: Actor, kind: str) -> Payload:
    return {
        "type": kind,
        "user": actor.as_slack(),
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "trigger_id": world.slack.triggers.new(actor.user.id),
        "team": {"id": actor.team, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _response_url(
    world: World, actor: Actor, channel: Channel, message: Message | None = None
) -> str:
    key = world.slack.response_urls.new(
        actor.user.id,
        channel.id,
        message.ts if message else None,
        message.thread_ts if message else None,
    )
    return f"{world.base_url}/slack/hooks/{key}"


def _channel_name(channel: Channel) -> str:
    return "directmessage" if channel.with_user else channel.name
