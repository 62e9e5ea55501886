"""Own channels: which incidents have a channel as their room."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from bot.adapters.store.tables.base import metadata, partial_index
from bot.adapters.store.types import Json, UtcDateTime

CHANNEL_IS_WANTED = text("state = 'wanted'")
"""What belongs into it waits."""

own_channels = Table(
    "own_channels",
    metadata,
    Column("incident", ForeignKey("incidents.id"), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("name", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("guests", Json, nullable=False),
    Column("is_furnished", Boolean, nullable=False),
    Column("lost", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("trouble", Text, nullable=False),
    Column("wanted_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Index("own_channels_channel", "channel"),
)
partial_index("own_channels_due", own_channels.c.due_at, where=text("due_at IS NOT NULL"))
partial_index("own_channels_wanted", own_channels.c.incident, where=CHANNEL_IS_WANTED)
