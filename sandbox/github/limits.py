"""The primary rate limit: 5,000 requests an hour for each account."""

from __future__ import annotations

from datetime import datetime, timedelta

PER_HOUR = 5_000


class Limits:
    """Requests used in the present hour, by login; `per_hour` is what each may use."""

    def __init__(self, per_hour: int = PER_HOUR) -> None:
        self.per_hour = per_hour
        self._used: dict[str, tuple[datetime, int]] = {}

    def state(self, login: str, now: datetime) -> dict[str, int]:
        """A `rate-limit`: limit, used, remaining, and reset in epoch seconds."""
        until, used = self._used.get(login, (now, 0))
        if until <= now:
            until, used = now + timedelta(hours=1), 0
        self._used[login] = (until, used)
        return {
            "limit": self.per_hour,
            "used": used,
            "remaining": max(self.per_hour - used, 0),
            "reset": int(until.timestamp()),
        }

    def count(self, login: str, now: datetime) -> None:
        self.state(login, now)
        until, used = self._used[login]
        self._used[login] = (until, used + 1)

    def leave(self, login: str, left: int, now: datetime) -> None:
        """Somebody else uses the same token: so many requests are left in this hour."""
        until = datetime.fromtimestamp(self.state(login, now)["reset"], now.tzinfo)
        self._used[login] = (until, self.per_hour - left)

    def headers(self, login: str, now: datetime) -> dict[str, str]:
        state = self.state(login, now)
        named = {f"X-RateLimit-{word.capitalize()}": str(value) for word, value in state.items()}
        return named | {"X-RateLimit-Resource": "core"}
