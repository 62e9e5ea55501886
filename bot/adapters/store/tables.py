"""Tables: what the store keeps, and the indexes that make it fast and the slot true.

The predicates are literal text, used in the indexes and in the queries alike: that is how both
databases know that a query may use a partial index.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
)

from bot.adapters.store.types import Json, UtcDateTime

metadata = MetaData()

UNFINISHED = text(
    "state NOT IN ('succeeded', 'failed', 'cancelled', 'refused', 'rejected', 'expired', 'void')"
)
HOLDS_SLOT = text(f"{UNFINISHED.text} AND NOT dry_run")
LIVE = text("live_at IS NOT NULL AND NOT dry_run")
REAL = text("NOT dry_run")
CARD_IS_STALE = text(
    "shown_revision < revision AND NOT dry_run AND NOT adopted"
    " AND state NOT IN ('requested', 'checking', 'refused')"
    " AND (state <> 'cancelled' OR shown_revision >= 0)"
)
OWN_RUN = text("run_id IS NOT NULL AND NOT adopted")
ADOPTED_RUN = text("run_id IS NOT NULL AND adopted")
DRAFT_IS_DUE = text("due_at IS NOT NULL")
OPEN_POST = text("sent_at IS NULL AND dropped_at IS NULL")
HELD_LOCK = text("opened_at IS NULL")
EMPTY = text("''")
OPENED_HERE = text("declared_by <> ''")  # what was imported has nobody
OPEN_INCIDENT = text("state NOT IN ('resolved', 'closed')")
REPORTED_AND_OPEN = text("source <> '' AND state NOT IN ('resolved', 'closed')")
ROOM_IS_STALE = text("shown_revision < revision")
ROOM_IS_TOUCHED = text("shown_touched < touched")


def _partial(name: str, *columns: object, where: object, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)  # type: ignore[arg-type]


# `shown_revision` is what the card shows, 0 while its first post is on its way, -1 before one was
# wanted. It is the card's, but only a comparison within one row can be indexed.
deployments = Table(
    "deployments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("shown_revision", Integer, nullable=False, server_default="-1"),
    Column("service", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("version", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("adopted", Boolean, nullable=False),
    Column("repo", String, nullable=False),
    Column("workflow", String, nullable=False),
    Column("requested_by", String, nullable=False),
    Column("requested_by_github", String),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_in", String),
    Column("outside", Json),
    Column("binding", Json),
    Column("changes", Json),
    Column("verdicts", Json, nullable=False),
    Column("overrides", Json),
    Column("sign_offs", Json),
    Column("migrations", Json),
    Column("risk", Json),
    Column("baseline_ms", Float),
    Column("expires_at", UtcDateTime),
    Column("nudged_at", UtcDateTime),
    Column("approvers", Integer, nullable=False, server_default="1"),
    Column("approvals", Json, nullable=False, server_default="[]"),
    Column("protection", Json),
    Column("four_eyes", Text, nullable=False, server_default=text("''")),
    Column("request_id", String, unique=True),
    Column("dispatch", Json),
    Column("run_id", BigInteger),
    Column("run_attempt", Integer, nullable=False, server_default="1"),
    Column("run_url", String),
    Column("progress", Json),
    Column("abort_asked_at", UtcDateTime),
    Column("rescue", Json),
    Column("steps", Json, nullable=False, server_default="[]"),
    Column("ran", Json, nullable=False, server_default="{}"),
    Column("validation", Json),
    Column("live_at", UtcDateTime),
    Column("healthy_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("ending", Json),
    Column("ends_as", String),
    Column("bad", Boolean, nullable=False, server_default=false()),
    Column("hold", Boolean, nullable=False, server_default=false()),
    Column("rolls_back", String),
    Column("for_incident", String),
    Column("follow_ups", Json, nullable=False, server_default="[]"),
    Column("known_as", String),  # the id it was imported under
    Column("due_at", UtcDateTime),
    Column("notice", Text, nullable=False),
    Column("waiting_for", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    sqlite_autoincrement=True,  # D12 is never given twice
)
_d = deployments.c
Index("deployments_known_as", _d.known_as, unique=True)
_partial("deployments_slot", _d.service, _d.environment, where=HOLDS_SLOT, unique=True)
# A run is one deployment's; what was taken over may come to several places by the same run.
_RUN = (_d.repo, _d.run_id, _d.run_attempt)
_PLACE = (_d.service, _d.environment)
_partial("deployments_run", *_RUN, where=OWN_RUN, unique=True)
_partial("deployments_adopted_run", *_RUN, *_PLACE, where=ADOPTED_RUN, unique=True)
_partial("deployments_unfinished", _d.id, _d.due_at, where=UNFINISHED)
_partial("deployments_live", _d.service, _d.environment, _d.live_at, where=LIVE)
_partial("deployments_history", _d.requested_at, _d.id, where=REAL)
_partial("deployments_service_history", _d.service, _d.requested_at, _d.id, where=REAL)
_partial("deployments_stale_card", _d.id, where=CARD_IS_STALE)

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
    Index("incidents_known_as", "known_as", unique=True),
    Index("incidents_service", "service", "declared_at"),
    sqlite_autoincrement=True,  # INC-7 is never given twice
)
_i = incidents.c
_partial("incidents_open", _i.id, where=OPEN_INCIDENT)
_partial("incidents_due", _i.due_at, where=text("due_at IS NOT NULL"))
_partial("incidents_draft", _i.draft_due_at, where=text("draft_due_at IS NOT NULL"))
_partial("incidents_stale_room", _i.id, where=ROOM_IS_STALE)
_partial("incidents_source", _i.source, where=REPORTED_AND_OPEN, unique=True)
_partial("incidents_touched_room", _i.id, where=ROOM_IS_TOUCHED)

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
    Index("pages_pager", "incident", "pager", unique=True),
)
_partial("pages_due", pages.c.due_at, where=text("due_at IS NOT NULL"))

status_posts = Table(
    "status_posts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("incident", ForeignKey("incidents.id"), nullable=False),
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
    Column("due_at", UtcDateTime),
    Index("status_posts_incident", "incident", unique=True),
)
_partial("status_posts_due", status_posts.c.due_at, where=text("due_at IS NOT NULL"))

lookouts = Table(
    "lookouts",
    metadata,
    Column("repo", String, primary_key=True),
    Column("workflow", String, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
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

turns = Table(
    "turns",
    metadata,
    Column("repo", String, primary_key=True),
    Column("workflow", String, primary_key=True),
    Column("taken_at", UtcDateTime, nullable=False),
)

cards = Table(
    "cards",
    metadata,
    Column("deployment", ForeignKey("deployments.id"), primary_key=True, autoincrement=False),
    Column("channel", String, nullable=False),
    Column("ts", String, nullable=False),
    Column("shown", String, nullable=False),
    Column("shown_at", UtcDateTime, nullable=False),
)

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
)
_partial("outbox_open", outbox.c.id, where=OPEN_POST)

# Rows of the next three tables are never changed: triggers in the migrations see to it.
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
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Json, nullable=False),
    Index("audit_subject", "subject", "id"),
    sqlite_autoincrement=True,
)
audit_seals = Table(
    "audit_seals",
    metadata,
    Column("row_id", ForeignKey("audit.id"), primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
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

duties = Table(
    "duties",
    metadata,
    Column("name", String, primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
)

locks = Table(
    "locks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("service", String, nullable=False),  # empty: every one
    Column("environment", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("nagged_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("opened_at", UtcDateTime),
    Column("opened_by", String),
    sqlite_autoincrement=True,
)
_l = locks.c
_partial(
    "locks_held", _l.kind, _l.subject, _l.service, _l.environment, where=HELD_LOCK, unique=True
)

freezes = Table(
    "freezes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("service", String, nullable=False),  # empty: every one
    Column("name", String, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("set_by", String, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", String),
    sqlite_autoincrement=True,
)

letters_off = Table(
    "letters_off",
    metadata,
    Column("slack_id", String, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
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
    Column("due_at", UtcDateTime),
    Column("failures", Integer, nullable=False),
    sqlite_autoincrement=True,
)
_partial("release_drafts_due", release_drafts.c.due_at, where=DRAFT_IS_DUE)
