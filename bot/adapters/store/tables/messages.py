"""Messages: what came in, and what has to be said."""

from sqlalchemy import Column, Integer, String, Table, Text, text

from bot.adapters.store.tables.base import metadata, partial_index
from bot.adapters.store.types import Json, UtcDateTime

OPEN_POST = text("sent_at IS NULL AND dropped_at IS NULL")

inbox = Table(
    "inbox",
    metadata,
    Column("key", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("received_at", UtcDateTime, nullable=False, index=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("channel", String, nullable=False),
    Column("message", Json, nullable=False),
    Column("user", String),
    Column("thread_of", String),
    Column("response_url", String),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("sending_since", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("sent_channel", String),
    Column("ts", String),
    Column("dropped_at", UtcDateTime),
    Column("dropped_why", Text),  # of an open post: why it was declined last
    Column("thread_ts", String),
    Column("links_to", String),
)
partial_index("outbox_open", outbox.c.id, where=OPEN_POST)
