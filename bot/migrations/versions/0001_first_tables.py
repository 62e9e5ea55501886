"""The first tables: deployments, cards, messages in and out, the audit trail and the directory."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)

UNFINISHED = (
    "state NOT IN ('succeeded', 'failed', 'cancelled', 'refused', 'rejected', 'expired', 'void')"
)
CARD_IS_STALE = (
    "shown_revision < revision AND NOT dry_run AND NOT adopted"
    " AND state NOT IN ('requested', 'checking', 'refused')"
    " AND (state <> 'cancelled' OR shown_revision >= 0)"
)


def upgrade() -> None:
    _create_deployments()
    _create_messages()
    _create_audit()
    _create_directory()


def downgrade() -> None:
    for table in ("audit_seals", "audit", "cards", "deployments", "inbox", "outbox"):
        op.drop_table(table)
    for table in ("turns", "people", "tags", "duties"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION append_only")


def _create_deployments() -> None:
    op.create_table(
        "deployments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("shown_revision", sa.Integer, nullable=False, server_default="-1"),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("environment", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("dry_run", sa.Boolean, nullable=False),
        sa.Column("adopted", sa.Boolean, nullable=False),
        sa.Column("repo", sa.String, nullable=False),
        sa.Column("workflow", sa.String, nullable=False),
        sa.Column("requested_by", sa.String, nullable=False),
        sa.Column("requested_by_github", sa.String),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_in", sa.String),
        sa.Column("binding", sa.JSON),
        sa.Column("changes", sa.JSON),
        sa.Column("verdicts", sa.JSON, nullable=False),
        sa.Column("baseline_ms", sa.Float),
        sa.Column("expires_at", MOMENT),
        sa.Column("nudged_at", MOMENT),
        sa.Column("approved_by", sa.String),
        sa.Column("approved_at", MOMENT),
        sa.Column("approver_is_fresh", sa.Boolean, nullable=False),
        sa.Column("request_id", sa.String, unique=True),
        sa.Column("dispatch", sa.JSON),
        sa.Column("run_id", sa.BigInteger),
        sa.Column("run_url", sa.String),
        sa.Column("progress", sa.JSON),
        sa.Column("abort_asked_at", MOMENT),
        sa.Column("validation", sa.JSON),
        sa.Column("live_at", MOMENT),
        sa.Column("healthy_at", MOMENT),
        sa.Column("settled_at", MOMENT),
        sa.Column("ending", sa.JSON),
        sa.Column("due_at", MOMENT),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("waiting_for", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    _index("slot", "service", "environment", where=f"{UNFINISHED} AND NOT dry_run", unique=True)
    _index("run", "repo", "run_id", where="run_id IS NOT NULL", unique=True)
    _index("unfinished", "id", "due_at", where=UNFINISHED)
    _index(
        "live",
        "service",
        "environment",
        "live_at",
        where="live_at IS NOT NULL AND NOT dry_run",
    )
    _index("history", "requested_at", "id", where="NOT dry_run")
    _index("service_history", "service", "requested_at", "id", where="NOT dry_run")
    _index("stale_card", "id", where=CARD_IS_STALE)
    op.create_table(
        "turns",
        sa.Column("repo", sa.String, primary_key=True),
        sa.Column("workflow", sa.String, primary_key=True),
        sa.Column("taken_at", MOMENT, nullable=False),
    )
    op.create_table(
        "cards",
        sa.Column(
            "deployment",
            sa.Integer,
            sa.ForeignKey("deployments.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("ts", sa.String, nullable=False),
        sa.Column("shown", sa.String, nullable=False),
        sa.Column("shown_at", MOMENT, nullable=False),
    )


def _index(name: str, *columns: str, where: str, unique: bool = False) -> None:
    op.create_index(
        f"deployments_{name}",
        "deployments",
        list(columns),
        unique=unique,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _create_messages() -> None:
    op.create_table(
        "inbox",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("message", sa.JSON, nullable=False),
        sa.Column("user", sa.String),
        sa.Column("thread_of", sa.String),
        sa.Column("response_url", sa.String),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("sending_since", MOMENT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("sent_channel", sa.String),
        sa.Column("ts", sa.String),
        sa.Column("dropped_at", MOMENT),
        sa.Column("dropped_why", sa.Text),
    )
    is_open = sa.text("sent_at IS NULL AND dropped_at IS NULL")
    op.create_index("outbox_open", "outbox", ["id"], sqlite_where=is_open, postgresql_where=is_open)


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_subject", "audit", ["subject", "id"])
    op.create_table(
        "audit_seals",
        sa.Column(
            "row_id", sa.Integer, sa.ForeignKey("audit.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in ("audit", "audit_seals"):
        _make_append_only(table)


def _make_append_only(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )
        return
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _create_directory() -> None:
    op.create_table(
        "people",
        sa.Column("slack_id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("github", sa.String),
        sa.Column("standing", sa.String, nullable=False),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
    )
    op.create_table(
        "tags",
        sa.Column("repo", sa.String, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("object_sha", sa.String, nullable=False),
        sa.Column("commit", sa.String, nullable=False),
        sa.Column("dated", MOMENT),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
    op.create_table(
        "duties",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("due_at", MOMENT, nullable=False),
    )
