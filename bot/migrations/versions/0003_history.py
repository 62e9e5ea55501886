"""History: what the metrics and a rollback read of the past, and incidents."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
NAMES = ("rolls_back", "for_incident", "known_as")


def upgrade() -> None:
    for mark in ("bad", "hold"):
        op.add_column(
            "deployments",
            sa.Column(mark, sa.Boolean, nullable=False, server_default=sa.false()),
        )
    for name in NAMES:
        op.add_column("deployments", sa.Column(name, sa.String))
    op.create_index("deployments_known_as", "deployments", ["known_as"], unique=True)
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("known_as", sa.String),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("declared_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("detected_at", MOMENT),
        sa.Column("restored_at", MOMENT),
        sa.Column("resolved_at", MOMENT),
        sa.Column("cause", sa.String),
        sa.Column("cause_state", sa.String, nullable=False),
        sa.Column("closure", sa.String),
        sqlite_autoincrement=True,
    )
    op.create_index("incidents_known_as", "incidents", ["known_as"], unique=True)
    op.create_index("incidents_service", "incidents", ["service", "declared_at"])


def downgrade() -> None:
    op.drop_table("incidents")
    op.drop_index("deployments_known_as", "deployments")
    for name in ("bad", "hold", *NAMES):
        op.drop_column("deployments", name)
