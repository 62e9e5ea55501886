"""Annotations: who was told that a version went live, and who still has to be."""

from sqlalchemy import Column, Integer, String, Table, text

from bot.adapters.store.tables.base import metadata, partial_index
from bot.adapters.store.types import UtcDateTime

ANNOTATION_IS_DUE = text("due_at IS NOT NULL")

annotations = Table(
    "annotations",
    metadata,
    Column("deployment", Integer, primary_key=True, autoincrement=False),
    Column("place", String, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("wished_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("told_at", UtcDateTime),
    Column("given_up", String, nullable=False),
    Column("due_at", UtcDateTime),
    Column("failures", Integer, nullable=False),
)
partial_index("annotations_due", annotations.c.due_at, where=ANNOTATION_IS_DUE)
