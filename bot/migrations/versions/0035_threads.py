"""Threads: where a message that only one person sees stands, and which message another links to."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("thread_ts", sa.String))
    op.add_column("outbox", sa.Column("links_to", sa.String))


def downgrade() -> None:
    op.drop_column("outbox", "links_to")
    op.drop_column("outbox", "thread_ts")
