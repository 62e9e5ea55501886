"""Eta: when people expect the fix of what a rollback took back."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    empty = sa.text("''")
    op.add_column("deployments", sa.Column("eta", sa.Text, nullable=False, server_default=empty))


def downgrade() -> None:
    op.drop_column("deployments", "eta")
