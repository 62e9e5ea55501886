"""The forerunners' part of the store port."""

from collections.abc import Iterable
from typing import Protocol

from bot.domain.rollbacks.forerunners import Forerunner


class ForerunnerTx(Protocol):
    """What ran well before gonogo was set up, within one transaction."""

    def keep_forerunners(self, found: Iterable[Forerunner]) -> None: ...
    def forerunners(self, service: str, environment: str) -> tuple[Forerunner, ...]:
        """Those of that place, oldest first."""
