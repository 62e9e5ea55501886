"""Turns: what orders decisions on which other transactions add."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    turns = op.create_table(
        "taken_turns",
        sa.Column("of", sa.String, primary_key=True),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
    )
    op.bulk_insert(turns, [{"of": "closures"}])  # the first who share it wait for nobody


def downgrade() -> None:
    op.drop_table("taken_turns")
