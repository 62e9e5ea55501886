"""What each environment told of itself last, and the checks of what runs on staging."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    words = (sa.Column(name, sa.String, nullable=False) for name in ("told", "commit"))
    op.create_table(
        "sightings",
        sa.Column("service", sa.String, primary_key=True),
        sa.Column("environment", sa.String, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *words,
        sa.Column("differs", sa.Integer, nullable=False),
        sa.Column("alarm", sa.String, nullable=False),
        sa.Column("base", sa.String, nullable=False),
        sa.Column("ahead", sa.Integer),
        sa.Column("behind", sa.Integer),
    )
    op.create_table(
        "staging_checks",
        sa.Column("service", sa.String, primary_key=True),
        sa.Column("commit", sa.String, primary_key=True),
        sa.Column("item", sa.String, primary_key=True),
        sa.Column("passed", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("staging_checks")
    op.drop_table("sightings")
