"""Budget: what is left of GitHub's limits, and the part of it that is kept for what cannot wait."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from bot.adapters.github.errors import answered_at, limited
from bot.domain.errors import Fault

RESERVE = 0.4
"""The part of the hourly limit that reads which can wait leave alone: it is for effects and
rollbacks.
"""

SLOWER = ((0.55, 4.0), (0.7, 2.0))
"""How much longer the pauses between two looks are while no more than such a part is left."""

_urgent: ContextVar[bool] = ContextVar("urgent", default=False)


@contextmanager
def urgently() -> Iterator[None]:
    """What is asked inside may use the reserve, and is not held up by a limit that we know of."""
    before = _urgent.set(True)
    try:
        yield
    finally:
        _urgent.reset(before)


class Budget:
    """What GitHub last said about its limits. May be used from any thread.

    Times are GitHub's, carried over to our clock, which may be wrong.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._limit = 0
        self._left = 0
        self._anew: datetime | None = None
        self._closed_until: datetime | None = None

    def note(self, status: int, headers: Mapping[str, Any], data: object) -> None:
        """Learn from an answer; headers in lower case."""
        with self._lock:
            self._count(headers)
            if (wait := limited(status, headers, data)) is not None:
                until = self._now() + timedelta(seconds=wait)
                self._closed_until = max(until, self._closed_until or until)

    def check(self) -> None:
        """Raise Fault for what can wait, while it has to."""
        if _urgent.get():
            return
        with self._lock:
            now = self._now()
            if self._closed_until is not None and now < self._closed_until:
                raise _wait("rate limit", self._closed_until - now)
            if self._anew is not None and now < self._anew and self._left <= RESERVE * self._limit:
                text = f"{self._left:,} of {self._limit:,} requests left, kept for rollbacks"
                raise _wait(text, self._anew - now)

    def slowness(self) -> float:
        """How much longer than usual the pauses between two looks should be."""
        with self._lock:
            if self._anew is None or self._now() >= self._anew:
                return 1.0
            return next((more for part, more in SLOWER if self._left <= part * self._limit), 1.0)

    def left(self) -> tuple[int, int, datetime] | None:
        """(requests left, of how many, when they are counted anew), None while nothing is known."""
        with self._lock:
            return (self._left, self._limit, self._anew) if self._anew else None

    def _count(self, headers: Mapping[str, Any]) -> None:
        if headers.get("x-ratelimit-resource", "core") != "core":
            return
        told = [headers.get(f"x-ratelimit-{word}", "") for word in ("limit", "remaining", "reset")]
        if not all(str(word).isdecimal() for word in told):
            return
        limit, left, reset = (int(word) for word in told)
        anew = self._now() + timedelta(seconds=reset - answered_at(headers))
        # Answers overtake each other: within one hour the lowest number is the newest.
        same_hour = self._anew is not None and abs(anew - self._anew) < timedelta(minutes=5)
        self._left = min(left, self._left) if same_hour and limit == self._limit else left
        self._limit, self._anew = limit, anew


def _wait(text: str, span: timedelta) -> Fault:
    return Fault("github", text, retry_after=span.total_seconds())
