"""Grants: which user group or team gave somebody a role, and when it said so."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    op.add_column("people", sa.Column("grants", sa.JSON, nullable=False, server_default="[]"))
    op.drop_column("people", "seen_at")


def downgrade() -> None:
    op.add_column("people", sa.Column("seen_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE people SET seen_at = read_at")
    op.drop_column("people", "grants")
