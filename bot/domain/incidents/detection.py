"""Detection: what a monitor reports by itself, and what is made of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

KUMA = "Uptime Kuma"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """What a monitor saw: the same report has the same monitor, status and time."""

    monitor: str
    name: str
    status: Literal["down", "up"]
    text: str
    at: datetime

    @property
    def source(self) -> str:
        """What an open incident is known by that this monitor reported."""
        return f"kuma:{self.monitor}"

    @property
    def key(self) -> str:
        """What this very report is known by."""
        return f"{self.source}:{self.status}:{self.at.isoformat()}"
