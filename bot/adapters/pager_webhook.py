"""Pager webhook: alarms to any address that takes signed webhooks, in the form of
https://www.standardwebhooks.com.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any

import httpx

from bot.adapters.one_way_pager import OneWayPager
from bot.adapters.rest import TIMEOUT, Rest
from bot.ports.paging import Alarm

PREFIX = "whsec_"


class Signature(httpx.Auth):
    """Signs the bytes that go out, with the time, so that nobody can send them again later."""

    requires_request_body = True

    def __init__(self, secret: str, now: Callable[[], float] = time.time) -> None:
        self._key = key(secret)
        self._now = now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The headers that the receiver checks."""
        name = str(json.loads(request.content)["id"])
        at = str(int(self._now()))
        signed = f"{name}.{at}.".encode() + request.content
        digest = base64.b64encode(hmac.new(self._key, signed, hashlib.sha256).digest()).decode()
        request.headers["webhook-id"] = name
        request.headers["webhook-timestamp"] = at
        request.headers["webhook-signature"] = f"v1,{digest}"
        yield request


def key(secret: str) -> bytes:
    """The bytes of a secret: base64 behind `whsec_`, any other as it stands. Raises ValueError."""
    if secret.startswith(PREFIX):
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    return secret.encode()


def connect(url: str, secret: str, timeout: float = TIMEOUT) -> OneWayPager:
    """One address, with a connection of its own."""
    api = Rest("pager", "", "", words=_words, timeout=timeout, sign=Signature(secret))
    return OneWayPager("pager webhook", api, url, _body)


def _body(alarm: Alarm, is_over: bool) -> Mapping[str, Any]:
    """The id is the same at every try, so that a receiver can tell."""
    action = "resolve" if is_over else "trigger"
    return {
        "id": f"{alarm.key}:{action}:{int(alarm.at.timestamp())}",
        "type": f"incident.{action}",
        "key": alarm.key,
        "summary": alarm.summary,
        "urgency": alarm.urgency,
        "source": alarm.source,
        "url": alarm.url,
        "details": dict(alarm.details),
    }


def _words(data: Mapping[str, Any]) -> str:
    return str(data.get("message") or data.get("error") or "")
