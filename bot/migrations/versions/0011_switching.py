"""Switching: the steps of a rollback over targets, and what each target ran when it was good."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for name, empty in (("steps", "[]"), ("ran", "{}")):
        op.add_column("deployments", sa.Column(name, sa.JSON, nullable=False, server_default=empty))


def downgrade() -> None:
    for name in ("steps", "ran"):
        op.drop_column("deployments", name)
