"""What the team is told about itself: App Homes, figures, pictures that are still to be drawn."""

from sqlalchemy import Column, Integer, String, Table

from bot.adapters.store.tables.base import metadata
from bot.adapters.store.types import Json, UtcDateTime

homes = Table(
    "homes",
    metadata,
    Column("slack_id", String, primary_key=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("shown", String, nullable=False),
    Column("failures", Integer, nullable=False),
)

figures = Table(
    "figures",
    metadata,
    Column("service", String, primary_key=True),
    Column("environment", String, primary_key=True),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("days", Integer, nullable=False),
    Column("numbers", Json, nullable=False),
)

pictures = Table(
    "pictures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("service", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("end", UtcDateTime, nullable=False),
    Column("as_of", UtcDateTime, nullable=False),
    Column("channel", String, nullable=False),
    Column("thread_of", String),
    Column("due_at", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False),
    sqlite_autoincrement=True,
)
