"""Rescue: the rollback that begins when a stopped deployment has ended."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("deployments", sa.Column("rescue", sa.JSON))


def downgrade() -> None:
    op.drop_column("deployments", "rescue")
