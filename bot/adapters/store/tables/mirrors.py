"""Mirrors: what GitHub's own page shows of our deployments."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, text

from bot.adapters.store.tables.base import metadata, partial_index
from bot.adapters.store.types import UtcDateTime

OPEN_MIRROR = text("NOT done")

mirrors = Table(
    "mirrors",
    metadata,
    Column("deployment", ForeignKey("deployments.id"), primary_key=True, autoincrement=False),
    Column("repo", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("number", BigInteger),
    Column("ours", Boolean, nullable=False),
    Column("shown", String, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("due_at", UtcDateTime),
    Column("failures", Integer, nullable=False),
)
partial_index("mirrors_open", mirrors.c.deployment, where=OPEN_MIRROR)
partial_index(
    "mirrors_live", mirrors.c.repo, mirrors.c.environment, where=text("shown = 'success'")
)
