"""Monitors: what they read before a deployment."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    before = sa.Column("before", sa.JSON, nullable=False, server_default="[]")
    op.add_column("deployments", before)


def downgrade() -> None:
    op.drop_column("deployments", "before")
