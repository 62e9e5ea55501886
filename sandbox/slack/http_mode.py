"""HTTP mode: signed requests to the bot's /slack/events."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

PATH = "/slack/events"


class Refused(Exception):
    """The bot answered with another status than 200, or not at all."""

    def __init__(self, status: int | None, *, no_retry: bool = False) -> None:
        super().__init__(status)
        self.status = status
        self.no_retry = no_retry


async def send(
    url: str,
    secret: str,
    kind: str,
    payload: dict[str, Any],
    retry: tuple[int, str] | None = None,
) -> Any:
    """Deliver to the bot at `url`; answers the body of its ack. Raises Refused.

    The caller sets the time limit.
    """
    body, content_type = _encoded(kind, payload)
    headers = _signed(secret, body) | {"Content-Type": content_type}
    if retry:
        headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.post(url + PATH, data=body, headers=headers) as answer,
        ):
            text = await answer.text()
    except aiohttp.ClientError:
        raise Refused(None) from None
    if answer.status != 200:
        raise Refused(answer.status, no_retry=answer.headers.get("X-Slack-No-Retry") == "1")
    if answer.content_type == "application/json" and text:
        return json.loads(text)
    return {"text": text} if text else None


def _encoded(kind: str, payload: dict[str, Any]) -> tuple[bytes, str]:
    match kind:
        case "events_api":
            return json.dumps(payload).encode(), "application/json"
        case "interactive":
            form = {"payload": json.dumps(payload)}
        case _:
            form = payload
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _signed(secret: str, body: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    base = b"v0:" + stamp.encode() + b":" + body
    signature = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}
