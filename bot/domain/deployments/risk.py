"""Risk: what a deployment brings and when, as facts for whoever approves it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

LOOKS_BACK = 20
"""How many deployments the change failure rate is counted over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """The facts; `local` is the weekday and hour in the team's zone, `live_at` when production
    changed last, `failed` how many of the last `of` deployments went wrong.
    """

    commits: int
    files: int
    authors: int
    migrations: int | None
    local: str
    live_at: datetime | None = None
    failed: int = 0
    of: int = 0


def local_time(at: datetime, zone: ZoneInfo) -> str:
    """Tuesday 11:00 Europe/Berlin."""
    return f"{at.astimezone(zone):%A %H:%M} {zone.key}"


def failures(went_well: Iterable[bool]) -> tuple[int, int]:
    """How many went wrong, of how many of the newest."""
    newest = [well for _, well in zip(range(LOOKS_BACK), went_well, strict=False)]
    return newest.count(False), len(newest)
