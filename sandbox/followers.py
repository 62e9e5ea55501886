"""Followers: the bots that listen to the sandbox's clock, each under a name of its own."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Followers:
    """Who is listening now, and who was a moment ago and is at work.

    `still_there` is how many seconds of real time after its last call a bot counts as there.
    """

    def __init__(self, still_there: float) -> None:
        self.still_there = still_there
        self._polls = Counter[str]()
        self._heard: dict[str, float] = {}

    @property
    def listening(self) -> frozenset[str]:
        """Those that wait for an advance at this moment."""
        return frozenset(self._polls)

    @property
    def at_work(self) -> bool:
        """Whether one that is there does not listen at this moment."""
        return any(name not in self._polls for name in self._present())

    def __bool__(self) -> bool:
        return bool(self._polls) or any(True for _ in self._present())

    def heard(self, name: str) -> None:
        """It called."""
        self._heard[name] = time.monotonic()

    def gone(self, name: str) -> None:
        """It is not coming back."""
        self._heard.pop(name, None)

    def forget(self) -> None:
        """Nobody that is at work is coming back."""
        self._heard.clear()

    @contextmanager
    def listens(self, name: str) -> Iterator[None]:
        """As long as it waits for an advance."""
        self._polls[name] += 1
        try:
            yield
        finally:
            self._polls[name] -= 1
            self._polls += Counter()  # without those that came to nought

    def _present(self) -> Iterator[str]:
        since = time.monotonic() - self.still_there
        return (name for name, at in self._heard.items() if at > since)
