"""Column types: how moments and small JSON values lie in a database."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

Json = JSON(none_as_null=True)
"""Plain JSON as text on both databases; None is NULL."""

WIDTH = len("2024-03-26 10:00:00.000000")
"""Of a moment in SQLite, which has no zone."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment: any zone in, UTC out, exact to the microsecond, sortable everywhere.

    SQLite knows no zones, so it is given the UTC wall time in a fixed width.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """Straight to SQLite's text, without three steps between: each command has many."""
        return _write if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _in_utc(value)

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None] | None:
        """As straight from it: a long history has many."""
        return _read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("the store takes aware datetimes only")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _write(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return _in_utc(moment).isoformat(" ", "microseconds")[:WIDTH]


def _read(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
