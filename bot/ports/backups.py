"""The backups port: what a database could be restored from."""

from typing import Protocol

from bot.domain.deployments.backups import Backup


class Backups(Protocol):
    """Reads about backups, and never restores one; raises Fault, NotFound for no such database."""

    async def newest(self, database: str) -> Backup | None:
        """The newest backup of the database with that id; None when there is none."""
