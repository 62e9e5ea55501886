"""Forerunners in the store: one row for each run that was there before us."""

from collections.abc import Iterable
from dataclasses import fields

from sqlalchemy import select

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.domain.deployments.states import Kind
from bot.domain.rollbacks.forerunners import Forerunner

_TABLE = tables.forerunners
_NAMES = tuple(field.name for field in fields(Forerunner))


class Forerunners(Rows):
    """Forerunners within one transaction."""

    def keep_forerunners(self, found: Iterable[Forerunner]) -> None:
        for one in found:
            self.put(_TABLE, {name: getattr(one, name) for name in _NAMES})

    def forerunners(self, service: str, environment: str) -> tuple[Forerunner, ...]:
        here = (_TABLE.c.service == service, _TABLE.c.environment == environment)
        wanted = select(_TABLE).where(*here).order_by(_TABLE.c.run_id)
        rows = self.connection.execute(wanted).mappings()
        return tuple(Forerunner(**{**row, "kind": Kind(row["kind"])}) for row in rows)
