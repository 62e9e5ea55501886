"""Rules that people set: locks, freezes, letters that are not wanted."""

from sqlalchemy import Column, Integer, String, Table, Text, text

from bot.adapters.store.tables.base import metadata, partial_index
from bot.adapters.store.types import UtcDateTime

HELD_LOCK = text("opened_at IS NULL")

locks = Table(
    "locks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("service", String, nullable=False),  # empty: every one
    Column("environment", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("nagged_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("opened_at", UtcDateTime),
    Column("opened_by", String),
    sqlite_autoincrement=True,
)
_l = locks.c
partial_index(
    "locks_held", _l.kind, _l.subject, _l.service, _l.environment, where=HELD_LOCK, unique=True
)

freezes = Table(
    "freezes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("service", String, nullable=False),  # empty: every one
    Column("name", String, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("set_by", String, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", String),
    sqlite_autoincrement=True,
)

letters_off = Table(
    "letters_off",
    metadata,
    Column("slack_id", String, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)
