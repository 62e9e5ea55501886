"""Backups: the copy of a database that a restore would begin from."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One backup; `id` is what whoever restores it has to name."""

    id: str
    at: datetime
    gigabytes: float | None = None

    def age(self, now: datetime) -> timedelta:
        """How old it is; what was written since would be lost."""
        return now - self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Backups:
    """What was read of the backups of a database at a time; `newest` is None where it has none."""

    at: datetime
    newest: Backup | None = None
