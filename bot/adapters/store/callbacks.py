"""Callbacks: where GitHub asked for the answer of our App's own rule; no reading tells it again."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows

_TABLE = tables.callbacks
_ANNOUNCED = select(_TABLE.c.environment, _TABLE.c.asked_at).where(
    _TABLE.c.repo == bindparam("repo"), _TABLE.c.run_id == bindparam("run_id")
)


class Callbacks(Rows):
    """What was asked by webhook, within one transaction."""

    def keep_callback(self, repo: str, run_id: int, environment: str, url: str) -> None:
        asked = {"repo": repo, "run_id": run_id, "environment": environment}
        self.put(_TABLE, asked | {"url": url, "asked_at": self.now})

    def announced(self, repo: str, run_id: int) -> dict[str, datetime]:
        found = self.connection.execute(_ANNOUNCED, {"repo": repo, "run_id": run_id})
        return {row.environment: row.asked_at for row in found}

    def forget_callbacks(self, before: datetime) -> None:
        self.connection.execute(delete(_TABLE).where(_TABLE.c.asked_at < before))
