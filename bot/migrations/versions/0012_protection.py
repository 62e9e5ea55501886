"""Protection: what holds a run back at GitHub, and where GitHub asked for our App's answer."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("deployments", sa.Column("protection", sa.JSON))
    op.add_column("deployments", sa.Column("ends_as", sa.String))
    op.add_column(
        "deployments", sa.Column("four_eyes", sa.Text, nullable=False, server_default=sa.text("''"))
    )
    op.create_table(
        "callbacks",
        sa.Column("repo", sa.String, primary_key=True),
        sa.Column("run_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("environment", sa.String, primary_key=True),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("callbacks")
    for name in ("protection", "ends_as", "four_eyes"):
        op.drop_column("deployments", name)
