"""Follow-ups: the minor incidents that a deployment carries on its card."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column(
        "deployments", sa.Column("follow_ups", sa.JSON, nullable=False, server_default="[]")
    )


def downgrade() -> None:
    op.drop_column("deployments", "follow_ups")
