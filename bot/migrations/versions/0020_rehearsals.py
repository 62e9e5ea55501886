"""Rehearsals: the way back from a version, as it was found before the approval."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("deployments", sa.Column("rehearsal", sa.JSON))


def downgrade() -> None:
    op.drop_column("deployments", "rehearsal")
