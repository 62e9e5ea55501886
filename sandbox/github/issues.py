"""Issues, with the little of them that a post-mortem needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Issue:
    """One open or closed issue; labels by name."""

    id: int
    number: int
    title: str
    body: str
    author: str
    created_at: datetime
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    closed_at: datetime | None = None

    @property
    def state(self) -> str:
        return "closed" if self.closed_at else "open"
