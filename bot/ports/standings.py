"""The standings port: how many environments stand, in few questions."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.deployments.standings import Standing


class StandingTx(Protocol):
    """The part of a transaction that knows how everything stands."""

    def standings(self, places: Sequence[tuple[str, str]]) -> tuple[Standing, ...]:
        """How these (service, environment) stand, in their order, without `left`; what it costs
        hardly grows with their number.
        """
