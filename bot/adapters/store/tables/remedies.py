"""Remedies: what is made at GitHub about what a rollback took back, and about an incident."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, text

from bot.adapters.store.tables.base import metadata, partial_index
from bot.adapters.store.types import UtcDateTime

REMEDY_IS_DUE = text("due_at IS NOT NULL")

remedies = Table(
    "remedies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("service", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("repo", String, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("pull", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("version", String, nullable=False),
    Column("commit", String, nullable=False),
    Column("branch", String, nullable=False),
    Column("number", BigInteger),
    Column("url", String),
    Column("sent_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("trouble", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("one_remedy", remedies.c.subject, remedies.c.kind, remedies.c.pull, unique=True)
partial_index("remedies_due", remedies.c.due_at, where=REMEDY_IS_DUE)
