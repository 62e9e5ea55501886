"""Response URLs: five answers within half an hour, to what one person did."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.clock import Clock

LIFETIME = timedelta(minutes=30)
USES = 5


@dataclass
class ResponseUrl:
    """Who it answers, where, and the message that was acted on."""

    user: str
    channel: str
    born: datetime
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class ResponseUrls:
    """The response URLs handed out, by their secret part."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._urls: dict[str, ResponseUrl] = {}

    def new(
        self,
        user: str,
        channel: str,
        message_ts: str | None = None,
        thread_ts: str | None = None,
    ) -> str:
        """The secret part of a fresh URL."""
        key = secrets.token_hex(12)
        self._urls[key] = ResponseUrl(user, channel, self._clock.now(), message_ts, thread_ts)
        return key

    def use(self, key: str) -> ResponseUrl | str:
        """The URL, used once more, or the word of the reason why not."""
        url = self._urls.get(key)
        if url is None or self._clock.now() - url.born > LIFETIME:
            return "expired_url"
        if url.uses >= USES:
            return "used_url"
        url.uses += 1
        return url
