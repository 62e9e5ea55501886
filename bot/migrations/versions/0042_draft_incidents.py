"""Draft incidents: which incident a deployment is a hotfix for while its tag is being made."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.add_column("release_drafts", sa.Column("for_incident", sa.String))


def downgrade() -> None:
    op.drop_column("release_drafts", "for_incident")
