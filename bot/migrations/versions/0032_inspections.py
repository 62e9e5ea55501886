"""Inspections: what is looked at in the database after a deployment that brought migrations."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "inspections",
        sa.Column("deployment", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("request_id", sa.String, nullable=False),
        sa.Column("steps", sa.JSON, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer, nullable=False),
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "inspections_due", "inspections", ["due_at"], sqlite_where=due, postgresql_where=due
    )


def downgrade() -> None:
    op.drop_table("inspections")
