"""Hearing: what monitors report of one service is dealt with one after the other."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from functools import partial

from bot.config import Config
from bot.domain.incidents.detection import Beat
from bot.ports import Store, Tx
from bot.services.incidents import detecting


class Hearing:
    """Each report is decided on what those before it left, so that many at once would be in each
    other's way, and in the way of people who roll back or lock the service meanwhile.
    """

    def __init__(self, store: Store, config: Config, wake: Callable[[], None]) -> None:
        self._store = store
        self._config = config
        self._wake = wake
        self._turns: defaultdict[str | None, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def hear(self, beat: Beat) -> None:
        """Do what it means. Raises what the store does: then it was not heard."""
        async with self._turns[detecting.service_of(self._config, beat)]:
            await self._store.run(partial(_hear, self._config, beat))
        self._wake()


def _hear(config: Config, beat: Beat, tx: Tx) -> None:
    detecting.hear(tx, config, beat)
