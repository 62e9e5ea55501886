"""Locks."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)
HELD = "opened_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "locks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("environment", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("nagged_at", MOMENT),
        sa.Column("due_at", MOMENT),
        sa.Column("opened_at", MOMENT),
        sa.Column("opened_by", sa.String),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "locks_held",
        "locks",
        ["kind", "subject", "service", "environment"],
        unique=True,
        sqlite_where=sa.text(HELD),
        postgresql_where=sa.text(HELD),
    )


def downgrade() -> None:
    op.drop_table("locks")
