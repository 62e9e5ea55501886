"""Backup: what the database could be restored from when a deployment was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("deployments", sa.Column("backup", sa.JSON))


def downgrade() -> None:
    op.drop_column("deployments", "backup")
