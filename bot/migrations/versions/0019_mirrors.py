"""Mirrors: what GitHub's own page shows of our deployments."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "mirrors",
        sa.Column(
            "deployment",
            sa.Integer,
            sa.ForeignKey("deployments.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("repo", sa.String, nullable=False),
        sa.Column("environment", sa.String, nullable=False),
        sa.Column("number", sa.BigInteger),
        sa.Column("ours", sa.Boolean, nullable=False),
        sa.Column("shown", sa.String, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer, nullable=False),
    )
    for name, columns, predicate in (
        ("mirrors_open", ["deployment"], "NOT done"),
        ("mirrors_live", ["repo", "environment"], "shown = 'success'"),
    ):
        where = sa.text(predicate)
        op.create_index(name, "mirrors", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("mirrors")
