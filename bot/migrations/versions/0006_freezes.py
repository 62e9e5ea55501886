"""Freezes that are set from Slack."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "freezes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("set_by", sa.String, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("lifted_at", MOMENT),
        sa.Column("lifted_by", sa.String),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("freezes")
