"""The locks' part of the store port."""

from datetime import datetime
from typing import Protocol

from bot.domain.closures.locks import Lock


class LockTx(Protocol):
    """Locks within one transaction."""

    def add_lock(self, lock: Lock) -> Lock:
        """Insert a lock; it comes back with its id. It takes its service's turn. Raises Stale
        where one of that kind, subject and place is held already.
        """

    def save_lock(self, old: Lock, new: Lock) -> Lock:
        """Replace `old` by `new` if nobody else did; it comes back with the next revision."""

    def lock(self, lock_id: int) -> Lock | None: ...
    def locks(self) -> tuple[Lock, ...]:
        """All that are held now, oldest first; not one whose time is up."""

    def locks_on(self, service: str, environment: str) -> tuple[Lock, ...]:
        """Those of them that cover this place."""

    def locks_due(self, now: datetime) -> tuple[int, ...]:
        """Ids of held locks whose owner has to be asked, or whose time is up."""
