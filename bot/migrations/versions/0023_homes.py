"""Homes: who looked at the App Home, and the figures measured last."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "homes",
        sa.Column("slack_id", sa.String, primary_key=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("shown", sa.String, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
    )
    op.create_table(
        "figures",
        sa.Column("service", sa.String, primary_key=True),
        sa.Column("environment", sa.String, primary_key=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("numbers", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("figures")
    op.drop_table("homes")
