"""Turns: a row that two transactions lock of which each decides on what the other one adds. On
PostgreSQL each works on what was there when it began, so that both would go through.
"""

from sqlalchemy import bindparam, select

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows

_TABLE = tables.taken_turns
_SHARED = select(_TABLE.c.of).where(_TABLE.c.of == bindparam("of")).with_for_update(read=True)


class Turns(Rows):
    """Turns within one transaction; SQLite lets only one write at a time anyway."""

    def take_turn(self, of: str) -> None:
        if not self.is_embedded:
            self.put(_TABLE, {"of": of, "taken_at": self.now})

    def share_turn(self, of: str) -> None:
        if self.is_embedded:
            return
        if self.connection.execute(_SHARED, {"of": of}).first() is None:
            self.take_turn(of)  # only a row that is there can be shared
