"""Allowance: how many refusals of a person are written down before they have to wait."""

import time
from collections.abc import Callable

MOST = 60
"""So many in a row …"""

A_MINUTE = 20.0
"""… and so many a minute in the long run."""


class Allowance:
    """A bucket of tokens for each person, in memory; a full one is forgotten.

    `now` is in seconds and never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._used: dict[str, tuple[float, float]] = {}

    def has(self, user: str) -> bool:
        """Whether there is one left."""
        return self._in_use(user) <= MOST - 1

    def take(self, user: str) -> None:
        """Use one up."""
        self._used[user] = (self._in_use(user) + 1, self._now())

    def _in_use(self, user: str) -> float:
        used, since = self._used.get(user, (0.0, 0.0))
        left = max(0.0, used - (self._now() - since) * A_MINUTE / 60)
        if not left:
            self._used.pop(user, None)
        return left
