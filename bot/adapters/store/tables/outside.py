"""The outside: what was seen at GitHub, in the environments and in the team."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text, text

from bot.adapters.store.tables.base import metadata, partial_index
from bot.adapters.store.types import Json, UtcDateTime

DRAFT_IS_DUE = text("due_at IS NOT NULL")

lookouts = Table(
    "lookouts",
    metadata,
    Column("repo", String, primary_key=True),
    Column("workflow", String, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

forerunners = Table(
    "forerunners",
    metadata,
    Column("service", String, primary_key=True),
    Column("environment", String, primary_key=True),
    Column("run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String, nullable=False),
)

sightings = Table(
    "sightings",
    metadata,
    Column("service", String, primary_key=True),
    Column("environment", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("told", String, nullable=False),
    Column("commit", String, nullable=False),
    Column("differs", Integer, nullable=False),
    Column("alarm", String, nullable=False),
    Column("base", String, nullable=False),
    Column("ahead", Integer),
    Column("behind", Integer),
    Column("samples", Json, nullable=False, server_default="[]"),
)

staging_checks = Table(
    "staging_checks",
    metadata,
    Column("service", String, primary_key=True),
    Column("commit", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("passed", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String, nullable=False),
    Column("text", Text, nullable=False),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("repo", String, primary_key=True),
    Column("run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("environment", String, primary_key=True),
    Column("url", String, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("slack_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("github", String),
    Column("standing", String, nullable=False),
    Column("roles", Json, nullable=False),
    Column("grants", Json, nullable=False, server_default="[]"),
    Column("read_at", UtcDateTime, nullable=False),
)

tags = Table(
    "tags",
    metadata,
    Column("repo", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("object_sha", String, nullable=False),
    Column("commit", String, nullable=False),
    Column("dated", UtcDateTime),
    Column("seen_at", UtcDateTime, nullable=False),
)

release_drafts = Table(
    "release_drafts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("service", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("repo", String, nullable=False),
    Column("version", String, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("asked_in", String),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("branch", String, nullable=False),
    Column("commits", Json, nullable=False),
    Column("was", Text),
    Column("title", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("commit", String, nullable=False),
    Column("wanted_by", String),
    Column("deploys", Boolean, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("for_incident", String),
    Column("due_at", UtcDateTime),
    Column("failures", Integer, nullable=False),
    sqlite_autoincrement=True,
)
partial_index("release_drafts_due", release_drafts.c.due_at, where=DRAFT_IS_DUE)
