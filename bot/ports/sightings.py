"""The sightings port: what each environment told of itself last."""

from typing import Protocol

from bot.domain.deployments.sightings import Sighting


class SightingTx(Protocol):
    """The part of a transaction that keeps what was seen."""

    def sighting(self, service: str, environment: str) -> Sighting | None: ...
    def keep_sighting(self, sighting: Sighting) -> None: ...
