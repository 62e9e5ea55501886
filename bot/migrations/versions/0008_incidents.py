"""Incidents as they are lived through: state, promise, suspect, post-mortem, and the timeline."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)
INDEXES = {
    "open": ("id", "state NOT IN ('resolved', 'closed')"),
    "due": ("due_at", "due_at IS NOT NULL"),
    "draft": ("draft_due_at", "draft_due_at IS NOT NULL"),
    "stale_room": ("id", "shown_revision < revision"),
}


def _columns() -> tuple[sa.Column[object], ...]:
    """The new ones; what was imported before is over, and nothing is done about it."""
    return (
        sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
        sa.Column("impact", sa.Text, nullable=False, server_default=""),
        sa.Column("affected", sa.Text, nullable=False, server_default=""),
        sa.Column("eta", sa.Text, nullable=False, server_default=""),
        sa.Column("state", sa.String, nullable=False, server_default="closed"),
        sa.Column("drill", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("declared_by", sa.String, nullable=False, server_default=""),
        sa.Column("lead", sa.String),
        sa.Column("closed_at", MOMENT),
        sa.Column("cause_why", sa.Text, nullable=False, server_default=""),
        sa.Column("ruled_out", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("followed_up_by", sa.String),
        sa.Column("promised_at", MOMENT),
        sa.Column("asked", sa.Integer, nullable=False, server_default="0"),
        sa.Column("informed_at", MOMENT),
        sa.Column("postmortem", sa.JSON),
        sa.Column("due_at", MOMENT),
        sa.Column("draft_due_at", MOMENT),
        sa.Column("shown_revision", sa.Integer, nullable=False, server_default="0"),
        sa.Column("shown", sa.JSON, nullable=False, server_default="{}"),
        sa.Column("shown_at", MOMENT),
    )


def upgrade() -> None:
    for column in _columns():
        op.add_column("incidents", column)
    for name, (indexed, where) in INDEXES.items():
        op.create_index(
            f"incidents_{name}",
            "incidents",
            [indexed],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_table(
        "incident_events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("incident", sa.Integer, sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("source", sa.String),
        sqlite_autoincrement=True,
    )
    op.create_index("incident_events_incident", "incident_events", ["incident", "id"])
    op.create_index("incident_events_source", "incident_events", ["source"])
    _make_append_only("incident_events")


def downgrade() -> None:
    op.drop_table("incident_events")
    for name in INDEXES:
        op.drop_index(f"incidents_{name}", "incidents")
    for column in reversed(_columns()):
        op.drop_column("incidents", column.name)


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
