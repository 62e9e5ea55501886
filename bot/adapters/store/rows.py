"""Rows: what every part of a transaction stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


@dataclass(slots=True)
class Rows:
    """An open transaction: its connection, and the time at which it began."""

    connection: Connection
    now: datetime

    @property
    def is_embedded(self) -> bool:
        """Whether the database is this bot's alone; on PostgreSQL there may be replicas."""
        return self.connection.dialect.name == "sqlite"

    def insert_new(self, table: Table, values: Mapping[str, Any]) -> bool:
        """Insert a row unless one with the same key is there; whether it was inserted."""
        statement = self._insert(table).on_conflict_do_nothing()
        return self.connection.execute(statement, values).rowcount == 1

    def put(self, table: Table, values: Mapping[str, Any]) -> None:
        """Insert a row, or replace the one with the same primary key."""
        key = [column.name for column in table.primary_key]
        statement = self._insert(table)
        rest = {name: statement.excluded[name] for name in values if name not in key}
        replacing = statement.on_conflict_do_update(index_elements=key, set_=rest)
        self.connection.execute(replacing, values)

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        if self.connection.dialect.name == "sqlite":
            return sqlite.insert(table)
        return postgresql.insert(table)
