"""Twins in the store: when those of a deployment are looked at again, one row each; what is known
of them is the deployment's.
"""

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows

_TABLE = tables.twin_looks
_DUE = (
    select(_TABLE.c.deployment)
    .where(_TABLE.c.due_at <= bindparam("now"))
    .order_by(_TABLE.c.due_at, _TABLE.c.deployment)
)
_OF = _TABLE.c.deployment == bindparam("of")
_LOOK = select(_TABLE.c.due_at).where(_OF)
_NO_LOOK = delete(_TABLE).where(_OF)


class Twins(Rows):
    """Looks at twins within one transaction."""

    def twin_look(self, deployment_id: int) -> datetime | None:
        return self.connection.scalar(_LOOK, {"of": deployment_id})

    def set_twin_look(self, deployment_id: int, due_at: datetime | None) -> None:
        if due_at is not None:
            self.put(_TABLE, {"deployment": deployment_id, "due_at": due_at})
        else:
            self.connection.execute(_NO_LOOK, {"of": deployment_id})

    def twins_due(self, now: datetime) -> tuple[int, ...]:
        return self.firsts(_DUE, {"now": now})
