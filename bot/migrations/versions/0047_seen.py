"""Seen: when an account was read last, also where not every group told who is in it."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.add_column("people", sa.Column("seen_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE people SET seen_at = read_at")


def downgrade() -> None:
    op.drop_column("people", "seen_at")
