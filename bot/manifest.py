"""Manifest: the Slack app as Slack is told about it: commands, scopes and how it is reached."""

from typing import Any

import yaml

from bot.config import Commands

SCOPES = {
    "channels:history": "find a card whose post got no answer, so as not to post it twice",
    "channels:read": "find the channel by its name",
    "chat:write": "post and edit cards, answer people",
    "commands": "be typed to",
    "groups:history": "as channels:history, in a private channel",
    "groups:read": "as channels:read, for a private channel",
    "pins:read": "put a message that is pinned in an incident on its timeline",
    "usergroups:read": "read who is in a user group that holds a role",
    "users:read": "tell members from guests, bots and deactivated accounts",
}
"""Every scope that the bot needs, and what for."""

OPTIONAL_SCOPES = {
    "channels:manage": "give an incident a channel of its own",
    "files:write": "upload the charts of the metrics",
}
"""Scopes without which the bot starts, and does not do this one thing."""

EVENTS = ("app_home_opened", "message.channels", "message.groups", "pin_added")
"""What Slack has to tell of: messages that are on a timeline are followed when they change."""

HEADER = """\
# The Slack app: create it at https://api.slack.com/apps with "From a manifest".
# Written by `gonogo manifest`; other command names come from gonogo.yaml.
"""
DESCRIPTION = "Ships, rolls back and handles outages for a small team."
LONG_DESCRIPTION = (
    "gonogo is the go / no-go poll before a launch. Type {deploy} v1.2.1 and see what would change "
    "and whether it is safe; a second person approves; everybody watches one live card, and the "
    "channel is told what changed, what was checked and what production says."
)


def render(commands: Commands | None = None, http_url: str | None = None) -> str:
    """The manifest as YAML, for Socket Mode, or for HTTP at the public address `http_url`."""
    source = _manifest(commands or Commands(), http_url)
    return HEADER + yaml.safe_dump(source, sort_keys=False, allow_unicode=True, width=100)


def _manifest(commands: Commands, http_url: str | None) -> dict[str, Any]:
    events = f"{http_url.rstrip('/')}/slack/events" if http_url else None
    address = {"url": events} if events else {}
    interactivity: dict[str, Any] = {"is_enabled": True}
    subscriptions: dict[str, Any] = {"bot_events": list(EVENTS)}
    if events:
        subscriptions = {"request_url": events} | subscriptions
        interactivity |= {"request_url": events, "message_menu_options_url": events}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "gonogo",
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION.format(deploy=commands.deploy),
            "background_color": "#1f3a5f",
        },
        "features": {
            # Direct messages go to the Messages tab: Slack refuses them when it is off.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "gonogo", "always_online": True},
            "shortcuts": [
                {
                    "name": "Open an incident",
                    "type": "global",
                    "callback_id": "incident",
                    "description": "Say what users see, in a form",
                },
                {
                    "name": "Open incident about this",
                    "type": "message",
                    "callback_id": "incident_from_message",
                    "description": "Open an incident with what this message tells",
                },
                {
                    "name": "Add to incident timeline",
                    "type": "message",
                    "callback_id": "incident_timeline",
                    "description": "Put what this message tells on an incident's timeline",
                },
            ],
            "slash_commands": [
                {
                    "command": commands.deploy,
                    **address,
                    "description": "Deploy a version, after a second person's approval",
                    "usage_hint": "v1.2.1 [service] [to staging] [dry-run] [hotfix INC-7] "
                    "[because reason]",
                    "should_escape": False,
                },
                {
                    "command": commands.rollback,
                    **address,
                    "description": "Go back to the last known-good version",
                    "usage_hint": "[service] [staging] [to v1.2.0] [because reason]",
                    "should_escape": False,
                },
                {
                    "command": commands.deployments,
                    **address,
                    "description": "What runs where, what happened, and why",
                    "usage_hint": "status | history | show D12 | why D12 | lock | unlock | help",
                    "should_escape": False,
                },
                {
                    "command": commands.incident,
                    **address,
                    "description": "Open an incident, and keep people informed about it",
                    "usage_hint": "outage | major | moderate | minor what users see",
                    "should_escape": False,
                },
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES | OPTIONAL_SCOPES)}},
        "settings": {
            "event_subscriptions": subscriptions,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": events is None,
            "token_rotation_enabled": False,
        },
    }
