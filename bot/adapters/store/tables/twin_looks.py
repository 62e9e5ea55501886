"""Twin looks: when the second runs of a deployment are looked at again."""

from sqlalchemy import Column, ForeignKey, Index, Table

from bot.adapters.store.tables.base import metadata
from bot.adapters.store.types import UtcDateTime

twin_looks = Table(
    "twin_looks",
    metadata,
    Column("deployment", ForeignKey("deployments.id"), primary_key=True, autoincrement=False),
    Column("due_at", UtcDateTime, nullable=False),
)
Index("twin_looks_due", twin_looks.c.due_at)
