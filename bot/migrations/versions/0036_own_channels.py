"""Own channels: the channels that are rooms of incidents."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "own_channels",
        sa.Column("incident", sa.Integer, sa.ForeignKey("incidents.id"), primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("guests", sa.JSON, nullable=False),
        sa.Column("is_furnished", sa.Boolean, nullable=False),
        sa.Column("lost", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("trouble", sa.Text, nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
    )
    op.create_index("own_channels_channel", "own_channels", ["channel"])
    for name, column, only in (
        ("own_channels_due", "due_at", sa.text("due_at IS NOT NULL")),
        ("own_channels_wanted", "incident", sa.text("state = 'wanted'")),
    ):
        op.create_index(name, "own_channels", [column], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_table("own_channels")
