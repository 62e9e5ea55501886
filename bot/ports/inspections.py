"""The inspections' part of the store port."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.deployments.inspections import Inspection


class InspectionTx(Protocol):
    """Looks at databases within one transaction; there is one inspection of a deployment."""

    def add_inspection(self, inspection: Inspection) -> None: ...
    def save_inspection(self, old: Inspection, new: Inspection) -> Inspection:
        """Replace `old` by `new` if nobody else did; may raise Stale."""

    def inspection(self, deployment: int) -> Inspection | None: ...
    def inspections_due(self, now: datetime) -> Sequence[int]:
        """The deployments of those whose `due_at` has come."""
