"""Turns of services: a row that two transactions lock of which each decides on what the other one
adds. On PostgreSQL each works on what was there when it began, so that both would go through.
"""

from sqlalchemy import bindparam, select

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows

_TABLE = tables.service_turns
_SHARED = (
    select(_TABLE.c.service)
    .where(_TABLE.c.service.in_(bindparam("services", expanding=True)))
    .order_by(_TABLE.c.service)
    .with_for_update(read=True)
)


class Turns(Rows):
    """Turns within one transaction."""

    def take_turn(self, service: str) -> None:
        self.put(_TABLE, {"service": service, "taken_at": self.now})

    def share_turn(self, service: str) -> None:
        wanted = sorted({"", service})
        there = self.firsts(_SHARED, {"services": wanted})
        for one in wanted:
            if one not in there:  # only a row that is there can be shared
                self.take_turn(one)
