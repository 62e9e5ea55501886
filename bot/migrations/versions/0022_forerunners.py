"""Forerunners: versions that ran well in a place before gonogo was set up."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "forerunners",
        sa.Column("service", sa.String, primary_key=True),
        sa.Column("environment", sa.String, primary_key=True),
        sa.Column("run_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("forerunners")
