"""Samples: how long the newest answers of an environment took. What an answer took right before a
deployment stands among its readings from before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.add_column("sightings", sa.Column("samples", sa.JSON, nullable=False, server_default="[]"))
    op.drop_column("deployments", "baseline_ms")


def downgrade() -> None:
    op.add_column("deployments", sa.Column("baseline_ms", sa.Float))
    op.drop_column("sightings", "samples")
