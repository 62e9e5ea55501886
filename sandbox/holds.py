"""Holds: one request of the bot is stopped half-way, so that the bot can be killed just there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sandbox.journal import Entry


class Hold:
    """Stops the `number`th request of the bot that matches: before it is worked off, or after.

    Nobody ever hears the answer of the request that was stopped.
    """

    def __init__(
        self, number: int = 1, *, after: bool, of: Callable[[Entry], bool] = lambda _: True
    ) -> None:
        self.after = after
        self.entry: Entry | None = None
        self._left = number
        self._of = of
        self._reached = asyncio.Event()
        self._let_go = asyncio.Event()

    def takes(self, entry: Entry) -> bool:
        """Whether this is the request to be stopped."""
        if not self._of(entry):
            return False
        self._left -= 1
        return self._left == 0

    async def stop(self, entry: Entry) -> None:
        """Keep this request until it is let go."""
        self.entry = entry
        self._reached.set()
        await self._let_go.wait()

    async def reached(self) -> None:
        """Until the request has been stopped."""
        await self._reached.wait()

    def let_go(self) -> None:
        """The bot is gone: drop the request."""
        self._let_go.set()
