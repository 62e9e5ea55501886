"""Aborts: since when the run of a deployment is to be stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.add_column("deployments", sa.Column("abort_since", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("deployments", "abort_since")
