"""Audit: who did what, sealed."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from bot.adapters.store.tables.base import metadata
from bot.adapters.store.types import Json, UtcDateTime

# Rows of both tables are never changed: triggers in the migrations see to it.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Json, nullable=False),
    Index("audit_subject", "subject", "id"),
    Index("audit_actor", "actor", "id"),
    sqlite_autoincrement=True,
)

audit_seals = Table(
    "audit_seals",
    metadata,
    Column("row_id", ForeignKey("audit.id"), primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
)
