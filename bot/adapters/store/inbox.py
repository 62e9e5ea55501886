"""Inbox: which requests were already taken, so that a repeated one does nothing."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows

CLOCKS_DIFFER = timedelta(seconds=5)
"""So far ahead of ours the clock of another replica may be; what came later than that came before
our clock was set back.
"""

_ROWS = tables.inbox.c
_TOLD = _ROWS.received_at.between(bindparam("since"), bindparam("now"))
_HEARD = (
    select(_ROWS.key)
    .where(_TOLD, _ROWS.source == bindparam("source"), _ROWS.actor == bindparam("actor"))
    .limit(1)
)
_ACTED = select(_ROWS.actor).where(_TOLD).distinct()


class Inbox(Rows):
    """Incoming requests within one transaction."""

    def first_time(self, key: str, source: str, actor: str) -> bool:
        request = {"key": key, "source": source, "actor": actor, "received_at": self.now}
        return self.insert_new(tables.inbox, request)

    def heard(self, source: str, actor: str, since: datetime) -> bool:
        told = {"since": since, "now": self.now + CLOCKS_DIFFER}
        wanted = told | {"source": source, "actor": actor}
        return self.connection.scalar(_HEARD, wanted) is not None

    def acted(self, since: datetime) -> frozenset[str]:
        told = {"since": since, "now": self.now + CLOCKS_DIFFER}
        return frozenset(self.firsts(_ACTED, told))

    def forget_requests(self, before: datetime) -> None:
        self.connection.execute(delete(tables.inbox).where(tables.inbox.c.received_at < before))
