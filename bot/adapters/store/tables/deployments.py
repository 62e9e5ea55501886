"""Deployments: every attempt, its card, and the index that makes the slot true."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    text,
)

from bot.adapters.store.tables.base import metadata, partial_index
from bot.adapters.store.types import Json, UtcDateTime

UNFINISHED = text(
    "state NOT IN ('succeeded', 'failed', 'cancelled', 'refused', 'rejected', 'expired', 'void')"
)
HOLDS_SLOT = text(f"{UNFINISHED.text} AND NOT dry_run")
UNFINISHED_DRY_RUN = text(f"{UNFINISHED.text} AND dry_run")
LIVE = text("live_at IS NOT NULL AND NOT dry_run")
REAL = text("NOT dry_run")
NOT_SUCCEEDED = text("NOT dry_run AND state <> 'succeeded'")
PINNED = text("pinned")
CARD_IS_STALE = text(
    "shown_revision < revision AND NOT dry_run AND NOT adopted"
    " AND state NOT IN ('requested', 'checking', 'refused')"
    " AND (state <> 'cancelled' OR shown_revision >= 0)"
)
OWN_RUN = text("run_id IS NOT NULL AND NOT adopted")
ADOPTED_RUN = text("run_id IS NOT NULL AND adopted")

# `shown_revision` is what the card shows, 0 while its first post is on its way, -1 before one was
# wanted. It is the card's, but only a comparison within one row can be indexed. The card's as well
# are `silent`, who gives no answer to a step, and the revision at which that was so.
deployments = Table(
    "deployments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("shown_revision", Integer, nullable=False, server_default="-1"),
    Column("silent", Text, nullable=False, server_default=text("''")),
    Column("silent_revision", Integer, nullable=False, server_default="0"),
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
    Column("unread", Text, nullable=False, server_default=text("''")),
    Column("backup", Json),
    Column("risk", Json),
    Column("rehearsal", Json),
    Column("before", Json, nullable=False, server_default="[]"),
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
    Column("abort_since", UtcDateTime),
    Column("abort_asked_at", UtcDateTime),
    Column("rescue", Json),
    Column("steps", Json, nullable=False, server_default="[]"),
    Column("pinned", Boolean, nullable=False, server_default=false()),  # what its steps say
    Column("ran", Json, nullable=False, server_default="{}"),
    Column("validation", Json),
    Column("watch", Json),
    Column("live_at", UtcDateTime),
    Column("healthy_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("ending", Json),
    Column("ends_as", String),
    Column("bad", Boolean, nullable=False, server_default=false()),
    Column("hold", Boolean, nullable=False, server_default=false()),
    Column("rolls_back", String),
    Column("reverses", String),
    Column("reversed_by", String),
    Column("stays", Boolean, nullable=False, server_default=false()),
    Column("undoing", Json),
    Column("for_incident", String),
    Column("follow_ups", Json, nullable=False, server_default="[]"),
    Column("eta", Text, nullable=False, server_default=text("''")),
    Column("mending", Text, nullable=False, server_default=text("''")),
    Column("known_as", String),  # the id it was imported under
    Column("due_at", UtcDateTime),
    Column("notice", Text, nullable=False),
    Column("waiting_for", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    sqlite_autoincrement=True,  # D12 is never given twice
)
_d = deployments.c
Index("deployments_known_as", _d.known_as, unique=True)
partial_index("deployments_slot", _d.service, _d.environment, where=HOLDS_SLOT, unique=True)
# A run is one deployment's; what was taken over may come to several places by the same run.
_RUN = (_d.repo, _d.run_id, _d.run_attempt)
_PLACE = (_d.service, _d.environment)
partial_index("deployments_run", *_RUN, where=OWN_RUN, unique=True)
partial_index("deployments_adopted_run", *_RUN, *_PLACE, where=ADOPTED_RUN, unique=True)
partial_index(
    "deployments_dry_run", _d.requested_by, *_PLACE, where=UNFINISHED_DRY_RUN, unique=True
)
partial_index("deployments_unfinished", _d.id, _d.due_at, where=UNFINISHED)
partial_index("deployments_live", _d.service, _d.environment, _d.live_at, where=LIVE)
partial_index("deployments_history", _d.requested_at, _d.id, where=REAL)
partial_index("deployments_service_history", _d.service, _d.requested_at, _d.id, where=REAL)
# Of all rows: over a part of them SQLite would take one of these where it needs another index.
Index("deployments_of_requested_by", _d.requested_by, _d.requested_at, _d.id)
Index("deployments_of_version", _d.version, _d.requested_at, _d.id)
partial_index("deployments_not_succeeded", _d.requested_at, _d.id, where=NOT_SUCCEEDED)
partial_index("deployments_pinned", _d.id, where=PINNED)
partial_index("deployments_stale_card", _d.id, where=CARD_IS_STALE)

cards = Table(
    "cards",
    metadata,
    Column("deployment", ForeignKey("deployments.id"), primary_key=True, autoincrement=False),
    Column("channel", String, nullable=False),
    Column("ts", String, nullable=False),
    Column("shown", String, nullable=False),
    Column("shown_at", UtcDateTime, nullable=False),
)
