"""Duties: what is done again and again, whose turn it is, and what orders decisions."""

from sqlalchemy import Column, String, Table

from bot.adapters.store.tables.base import metadata
from bot.adapters.store.types import UtcDateTime

duties = Table(
    "duties",
    metadata,
    Column("name", String, primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("repo", String, primary_key=True),
    Column("workflow", String, primary_key=True),
    Column("taken_at", UtcDateTime, nullable=False),
)

taken_turns = Table(
    "taken_turns",
    metadata,
    Column("of", String, primary_key=True),
    Column("taken_at", UtcDateTime),
)
