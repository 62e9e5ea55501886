"""The twins' part of the store port."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class TwinTx(Protocol):
    """When the second runs of a deployment are looked at again, within one transaction."""

    def twin_look(self, deployment_id: int) -> datetime | None:
        """When; None where there is nothing to look at."""

    def set_twin_look(self, deployment_id: int, due_at: datetime | None) -> None: ...
    def twins_due(self, now: datetime) -> Sequence[int]:
        """Ids of the deployments whose look has come."""
