"""Duplicates: which incident one that was closed as a duplicate is no more than, if people said."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    op.add_column("incidents", sa.Column("duplicate_of", sa.Integer))


def downgrade() -> None:
    op.drop_column("incidents", "duplicate_of")
