"""Who tells people of an incident, and whether it was asked if to roll back."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column("incidents", sa.Column("comms", sa.String))
    op.add_column(
        "incidents", sa.Column("urged", sa.Boolean, nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("incidents", "urged")
    op.drop_column("incidents", "comms")
