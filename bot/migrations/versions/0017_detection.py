"""Incidents that a monitor reported: which one, and how often; one open incident for each."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

OPEN = "source <> '' AND state NOT IN ('resolved', 'closed')"


def upgrade() -> None:
    op.add_column("incidents", sa.Column("source", sa.String, nullable=False, server_default=""))
    op.add_column("incidents", sa.Column("alerts", sa.Integer, nullable=False, server_default="0"))
    where = sa.text(OPEN)
    op.create_index(
        "incidents_source",
        "incidents",
        ["source"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_index("incidents_source", "incidents")
    op.drop_column("incidents", "alerts")
    op.drop_column("incidents", "source")
