"""A signed webhook as a pager, in the form of https://www.standardwebhooks.com."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any

import httpx

from bot.adapters.rest import TIMEOUT, Rest
from bot.ports.paging import Alarm, Answered, PagerName

PREFIX = "whsec_"


class PagerWebhook:
    """One address. The id of a message is the same at every try, so that a receiver can tell."""

    name: PagerName = "pager webhook"
    sees_answers = False

    def __init__(self, api: Rest, url: str) -> None:
        self._api = api
        self._url = url

    async def close(self) -> None:
        """Give the connections back."""
        await self._api.close()

    async def trigger(self, alarm: Alarm) -> None:
        """Tell it to wake somebody."""
        await self._send(alarm, "trigger")

    async def resolve(self, alarm: Alarm) -> None:
        """Tell it that it is over."""
        await self._send(alarm, "resolve")

    async def answered(self, key: str) -> Answered | None:
        """Nothing: a webhook only takes in."""
        return None

    async def _send(self, alarm: Alarm, action: str) -> None:
        body = {
            "id": f"{alarm.key}:{action}:{int(alarm.at.timestamp())}",
            "type": f"incident.{action}",
            "key": alarm.key,
            "summary": alarm.summary,
            "urgency": alarm.urgency,
            "source": alarm.source,
            "url": alarm.url,
            "details": dict(alarm.details),
        }
        await self._api.change("POST", self._url, body=body)


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


def connect(url: str, secret: str, timeout: float = TIMEOUT) -> PagerWebhook:
    """A pager with a connection of its own."""
    sign = Signature(secret)
    return PagerWebhook(Rest("pager", "", "", words=_words, timeout=timeout, sign=sign), url)


def _words(data: Mapping[str, Any]) -> str:
    return str(data.get("message") or data.get("error") or "")
