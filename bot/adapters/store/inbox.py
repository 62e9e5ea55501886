"""Inbox: which requests were already taken, so that a repeated one does nothing."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows

CLOCKS_DIFFER = timedelta(seconds=5)
"""So far ahead of ours the clock of another replica may be; what came later than that came before
our clock was set back.
"""


class Inbox(Rows):
    """Incoming requests within one transaction."""

    def first_time(self, key: str, source: str, actor: str) -> bool:
        request = {"key": key, "source": source, "actor": actor, "received_at": self.now}
        return self.insert_new(tables.inbox, request)

    def heard(self, source: str, actor: str, since: datetime) -> bool:
        rows = tables.inbox.c
        told = rows.received_at.between(since, self.now + CLOCKS_DIFFER)
        wanted = select(rows.key).where(told, rows.source == source, rows.actor == actor)
        return self.connection.scalar(wanted.limit(1)) is not None

    def acted(self, since: datetime) -> frozenset[str]:
        rows = tables.inbox.c
        told = rows.received_at.between(since, self.now + CLOCKS_DIFFER)
        return frozenset(self.connection.scalars(select(rows.actor).where(told).distinct()))

    def forget_request(self, key: str) -> None:
        self.connection.execute(delete(tables.inbox).where(tables.inbox.c.key == key))

    def forget_requests(self, before: datetime) -> None:
        self.connection.execute(delete(tables.inbox).where(tables.inbox.c.received_at < before))
