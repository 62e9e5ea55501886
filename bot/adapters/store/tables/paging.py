"""Paging: who was woken, and what the public was told."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from bot.adapters.store.tables.base import metadata, partial_index
from bot.adapters.store.types import UtcDateTime

pages = Table(
    "pages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("incident", ForeignKey("incidents.id"), nullable=False),
    Column("pager", String, nullable=False),  # empty: a wish that no pager has yet
    Column("state", String, nullable=False),
    Column("ends", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lost", Boolean, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("ringing", Integer, nullable=False, server_default="1"),
    Index("pages_pager", "incident", "pager", "ringing", unique=True),
)
partial_index("pages_due", pages.c.due_at, where=text("due_at IS NOT NULL"))

status_posts = Table(
    "status_posts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("incident", ForeignKey("incidents.id")),
    Column("deployment", ForeignKey("deployments.id")),  # one of the two
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("phase", String, nullable=False),
    Column("health", String, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lost", Boolean, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("posted", String, nullable=False),
    Column("url", String, nullable=False),
    Column("by", String, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    Index("status_posts_incident", "incident", unique=True),
    Index("status_posts_deployment", "deployment", unique=True),
)
MAINTENANCE = text("phase = 'maintenance'")
partial_index("status_posts_due", status_posts.c.due_at, where=text("due_at IS NOT NULL"))
partial_index("status_posts_maintenance", status_posts.c.id, where=MAINTENANCE)
