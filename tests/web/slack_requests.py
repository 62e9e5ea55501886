"""Requests as Slack sends them: bodies of every kind, and the signature."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from typing import Any
from urllib.parse import urlencode

from tests.web.conftest import NOW, SECRET

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
OURS = {"team": {"id": "T0LOCAL", "domain": "acme"}, "api_app_id": "A0LOCAL", "enterprise": None}
PERSON = {"user": {"id": "U0ANA", "username": "ana", "team_id": "T0LOCAL"}, "trigger_id": "1.2.a"}
VIEW = {
    "id": "V1",
    "type": "modal",
    "callback_id": "deploy",
    "private_metadata": "",
    "state": {"values": {}},
}
COMMAND = {
    "token": "t",
    "team_id": "T0LOCAL",
    "team_domain": "acme",
    "channel_id": "C0DEPLOY",
    "channel_name": "deployments",
    "user_id": "U0ANA",
    "user_name": "ana",
    "command": "/deploy",
    "text": "v1.2.1",
    "api_app_id": "A0LOCAL",
    "is_enterprise_install": "false",
    "response_url": "https://hooks.slack.com/commands/T0LOCAL/1/x",
    "trigger_id": "1.2.a",
}
CLICK = {
    **OURS,
    **PERSON,
    "type": "block_actions",
    "token": "t",
    "container": {"type": "message", "message_ts": "1.1", "channel_id": "C0DEPLOY"},
    "channel": {"id": "C0DEPLOY", "name": "deployments"},
    "message": {"ts": "1.1", "text": "card", "blocks": []},
    "state": {"values": {}},
    "response_url": "https://hooks.slack.com/actions/T0LOCAL/1/x",
    "is_enterprise_install": False,
    "actions": [
        {"action_id": "approve", "block_id": "b", "type": "button", "value": "7", "action_ts": "1"}
    ],
}
SUBMISSION = {**OURS, **PERSON, "type": "view_submission", "view": VIEW, "response_urls": []}
CLOSED = {**OURS, **PERSON, "type": "view_closed", "view": VIEW, "is_cleared": False}
SUGGESTION = {
    **OURS,
    **PERSON,
    "type": "block_suggestion",
    "action_id": "version",
    "block_id": "b",
    "value": "v1",
    "view": VIEW,
}
SHORTCUT = {**OURS, **PERSON, "type": "message_action", "callback_id": "note", "message": {}}
EVENT = {
    "token": "t",
    "team_id": "T0LOCAL",
    "api_app_id": "A0LOCAL",
    "type": "event_callback",
    "event": {"type": "app_home_opened", "user": "U0ANA", "tab": "home"},
    "event_id": "Ev1",
    "event_time": 1,
    "authorizations": [{"enterprise_id": None, "team_id": "T0LOCAL", "user_id": "U0GONOGO"}],
}
INTERACTIONS = (CLICK, SUBMISSION, CLOSED, SUGGESTION, SHORTCUT)


def command(**changes: str) -> bytes:
    return urlencode(COMMAND | changes).encode()


def interaction(payload: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def event(payload: Any = EVENT) -> bytes:
    return json.dumps(payload).encode()


def signed(
    body: bytes, content_type: str = FORM, *, at: float = NOW, secret: str = SECRET
) -> dict[str, str]:
    stamp = str(int(at))
    base = b"v0:" + stamp.encode() + b":" + body
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
    }


JUNK = (b"%00", b"[", b"{", b"null", b"%22", "\u202e".encode(), b"A" * 300)


def mutated(body: bytes, chance: random.Random) -> bytes:
    """One to five edits: a byte replaced, a byte cut, or junk put in."""
    edited = bytearray(body)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(edited))
        match chance.choices(("replace", "cut", "insert"), (4, 3, 3))[0]:
            case "replace":
                edited[at] = chance.randrange(256)
            case "cut":
                del edited[at]
            case _:
                edited[at:at] = chance.choice(JUNK)
    return bytes(edited)
