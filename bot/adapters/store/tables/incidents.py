"""Incidents: each outage, and what happened in it."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, false, text

from bot.adapters.store.tables.base import EMPTY, metadata, partial_index
from bot.adapters.store.types import Json, UtcDateTime

OPENED_HERE = text("declared_by <> ''")  # what was imported has nobody
OPEN_INCIDENT = text("state NOT IN ('resolved', 'closed')")
REPORTED_AND_GOING_ON = text("source <> '' AND state NOT IN ('restored', 'resolved', 'closed')")
RESOLVED_INCIDENT = text("state = 'resolved'")
ROOM_IS_STALE = text("shown_revision < revision")
ROOM_IS_TOUCHED = text("shown_touched < touched")

incidents = Table(
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("known_as", String),
    Column("service", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("declared_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("detected_at", UtcDateTime),
    Column("restored_at", UtcDateTime),
    Column("resolved_at", UtcDateTime),
    Column("cause", String),
    Column("cause_state", String, nullable=False),
    Column("closure", String),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("impact", Text, nullable=False, server_default=EMPTY),
    Column("affected", Text, nullable=False, server_default=EMPTY),
    Column("eta", Text, nullable=False, server_default=EMPTY),
    Column("state", String, nullable=False, server_default="closed"),
    Column("drill", Boolean, nullable=False, server_default=false()),
    Column("declared_by", String, nullable=False, server_default=EMPTY),
    Column("lead", String),
    Column("closed_at", UtcDateTime),
    Column("cause_why", Text, nullable=False, server_default=EMPTY),
    Column("ruled_out", Json, nullable=False, server_default="[]"),
    Column("followed_up_by", String),
    Column("promised_at", UtcDateTime),
    Column("asked", Integer, nullable=False, server_default="0"),
    Column("informed_at", UtcDateTime),
    Column("postmortem", Json),
    Column("due_at", UtcDateTime),
    Column("draft_due_at", UtcDateTime),
    Column("shown_revision", Integer, nullable=False, server_default="0"),
    Column("shown", Json, nullable=False, server_default="{}"),
    Column("shown_at", UtcDateTime),
    Column("source", String, nullable=False, server_default=EMPTY),
    Column("alerts", Integer, nullable=False, server_default="0"),
    Column("touched", Integer, nullable=False, server_default="0"),
    Column("shown_touched", Integer, nullable=False, server_default="0"),
    Column("comms", String),
    Column("urged", Boolean, nullable=False, server_default=false()),
    Column("up_at", UtcDateTime),
    Column("again_at", UtcDateTime),
    Column("duplicate_of", Integer),
    Index("incidents_known_as", "known_as", unique=True),
    Index("incidents_service", "service", "declared_at"),
    sqlite_autoincrement=True,  # INC-7 is never given twice
)
_i = incidents.c
partial_index("incidents_open", _i.id, where=OPEN_INCIDENT)
partial_index("incidents_resolved", _i.id, where=RESOLVED_INCIDENT)
partial_index("incidents_due", _i.due_at, where=text("due_at IS NOT NULL"))
partial_index("incidents_draft", _i.draft_due_at, where=text("draft_due_at IS NOT NULL"))
partial_index("incidents_stale_room", _i.id, where=ROOM_IS_STALE)
partial_index("incidents_source", _i.source, where=REPORTED_AND_GOING_ON, unique=True)
partial_index("incidents_touched_room", _i.id, where=ROOM_IS_TOUCHED)

# Its rows are never changed: triggers in the migrations see to it.
incident_events = Table(
    "incident_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident", ForeignKey("incidents.id"), nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("what", String, nullable=False),
    Column("by", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("due_at", UtcDateTime),
    Column("source", String),
    Index("incident_events_incident", "incident", "id"),
    Index("incident_events_source", "source"),
    sqlite_autoincrement=True,
)
