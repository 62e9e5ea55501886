"""Inspections: what is looked at in the database after a deployment that brought migrations."""

from sqlalchemy import Column, Integer, String, Table, text

from bot.adapters.store.tables.base import metadata, partial_index
from bot.adapters.store.types import Json, UtcDateTime

INSPECTION_IS_DUE = text("due_at IS NOT NULL")

inspections = Table(
    "inspections",
    metadata,
    Column("deployment", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("request_id", String, nullable=False),
    Column("steps", Json, nullable=False),
    Column("due_at", UtcDateTime),
    Column("failures", Integer, nullable=False),
)
partial_index("inspections_due", inspections.c.due_at, where=INSPECTION_IS_DUE)
