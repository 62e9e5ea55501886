"""Undoing: what a rollback takes back of the database before the code."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("deployments", sa.Column("undoing", sa.JSON))


def downgrade() -> None:
    op.drop_column("deployments", "undoing")
