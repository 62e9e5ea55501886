"""Duties: what is done again and again, and whose turn it is: to send to a workflow, and
to decide about a service.
"""

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

service_turns = Table(
    "service_turns",
    metadata,
    Column("service", String, primary_key=True),
    Column("taken_at", UtcDateTime, nullable=False),
)
