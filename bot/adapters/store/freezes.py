"""Freezes in the store: those that were set from Slack, a row each, kept after they are over."""

from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select, update

from bot.adapters.store import tables
from bot.adapters.store.turns import Turns
from bot.domain.closures.freezes import SetFreeze
from bot.domain.closures.windows import Freeze
from bot.ports import Stale

_TABLE = tables.freezes
_SET = (
    select(_TABLE)
    .where(_TABLE.c.lifted_at.is_(None), _TABLE.c.ends_at > bindparam("now"))
    .order_by(_TABLE.c.starts_at, _TABLE.c.id)
)


class Freezes(Turns):
    """Freezes within one transaction."""

    def add_freeze(self, freeze: SetFreeze) -> SetFreeze:
        for service in sorted({"", freeze.service}):  # its name is one for all of them
            self.take_turn(service)
        new_id = self.connection.execute(insert(_TABLE).returning(_TABLE.c.id), _row(freeze))
        return replace(freeze, id=new_id.scalar_one())

    def lift_freeze(self, freeze: SetFreeze) -> None:
        held = (_TABLE.c.id == freeze.id, _TABLE.c.lifted_at.is_(None))
        lifted = {"lifted_at": freeze.lifted_at, "lifted_by": freeze.lifted_by}
        if self.connection.execute(update(_TABLE).where(*held).values(lifted)).rowcount != 1:
            raise Stale(f"{freeze.subject} was lifted meanwhile")

    def freezes(self) -> tuple[SetFreeze, ...]:
        return tuple(map(_freeze, self.connection.execute(_SET, {"now": self.now}).mappings()))


def _row(freeze: SetFreeze) -> dict[str, Any]:
    return {
        "service": freeze.service,
        "name": freeze.name,
        "starts_at": freeze.freeze.start,
        "ends_at": freeze.freeze.end,
        "set_by": freeze.set_by,
        "set_at": freeze.set_at,
    }


def _freeze(row: RowMapping) -> SetFreeze:
    return SetFreeze(
        id=row["id"],
        service=row["service"],
        freeze=Freeze(name=row["name"], start=row["starts_at"], end=row["ends_at"]),
        set_by=row["set_by"],
        set_at=row["set_at"],
    )
