"""Silences: which system gives no answer to a step of a deployment, for every bot's card of it."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.add_column(
        "deployments", sa.Column("silent", sa.Text, nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "deployments",
        sa.Column("silent_revision", sa.Integer, nullable=False, server_default="0"),
    )


def downgrade() -> None:
    op.drop_column("deployments", "silent_revision")
    op.drop_column("deployments", "silent")
