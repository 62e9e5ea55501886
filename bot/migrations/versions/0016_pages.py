"""Pages, and what has changed about an incident beside itself since its message was shown."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

MOMENT = sa.DateTime(timezone=True)
COLUMNS = ("touched", "shown_touched")
DUE, TOUCHED = "due_at IS NOT NULL", "shown_touched < touched"


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("incidents", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    where = sa.text(TOUCHED)
    op.create_index(
        "incidents_touched_room", "incidents", ["id"], sqlite_where=where, postgresql_where=where
    )
    op.create_table(
        "pages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("incident", sa.Integer, sa.ForeignKey("incidents.id"), nullable=False),
        sa.Column("pager", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("ends", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lost", sa.Boolean, nullable=False),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
    )
    op.create_index("pages_pager", "pages", ["incident", "pager"], unique=True)
    where = sa.text(DUE)
    op.create_index("pages_due", "pages", ["due_at"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("pages")
    op.drop_index("incidents_touched_room", "incidents")
    for name in reversed(COLUMNS):
        op.drop_column("incidents", name)
