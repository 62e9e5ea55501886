"""Unread: why nobody could list the migrations that a rollback goes back over."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column(
        "deployments", sa.Column("unread", sa.Text, nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    op.drop_column("deployments", "unread")
