"""Twins: further runs of a request whose run is followed already; each of them is to be stopped."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A second run of the same request.

    `asked_at` is when GitHub was asked first to stop it, `trouble` why that is not done yet.
    """

    run_id: int
    url: str = ""
    asked_at: datetime | None = None
    trouble: str = ""
