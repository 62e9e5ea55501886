"""Remedies: what is made at GitHub about what a rollback took back; and what mends that."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "remedies",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("environment", sa.String, nullable=False),
        sa.Column("repo", sa.String, nullable=False),
        sa.Column("asked_by", sa.String, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pull", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("commit", sa.String, nullable=False),
        sa.Column("branch", sa.String, nullable=False),
        sa.Column("number", sa.BigInteger),
        sa.Column("url", sa.String),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("trouble", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("one_remedy", "remedies", ["subject", "kind", "pull"], unique=True)
    due = sa.text("due_at IS NOT NULL")
    op.create_index("remedies_due", "remedies", ["due_at"], sqlite_where=due, postgresql_where=due)
    empty = sa.text("''")
    op.add_column(
        "deployments", sa.Column("mending", sa.Text, nullable=False, server_default=empty)
    )


def downgrade() -> None:
    op.drop_column("deployments", "mending")
    op.drop_table("remedies")
