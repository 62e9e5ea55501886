"""What changed, told to whoever watches: the page and tests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

BACKLOG = 1_000  # changes that a slow watcher may fall behind before it misses some


class Events:
    """A broadcast: every subscriber sees every change from the moment it subscribes."""

    def __init__(self) -> None:
        self._watchers: set[asyncio.Queue[dict[str, object]]] = set()

    def publish(self, kind: str, **data: object) -> None:
        """Tell that something of `kind` changed; never waits."""
        for watcher in self._watchers:
            if not watcher.full():
                watcher.put_nowait({"kind": kind, **data})

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[dict[str, object]]]:
        """A queue of all changes from now on, as `{"kind": word, ...}`."""
        watcher: asyncio.Queue[dict[str, object]] = asyncio.Queue(BACKLOG)
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
