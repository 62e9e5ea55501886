"""Watches: who was asked to watch a deployment, and who does."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("deployments", sa.Column("watch", sa.JSON))


def downgrade() -> None:
    op.drop_column("deployments", "watch")
