"""ReleaseDrafts: releases that are made or changed from Slack."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "release_drafts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("environment", sa.String, nullable=False),
        sa.Column("repo", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("asked_by", sa.String, nullable=False),
        sa.Column("asked_in", sa.String),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("branch", sa.String, nullable=False),
        sa.Column("commits", sa.JSON, nullable=False),
        sa.Column("was", sa.Text),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("commit", sa.String, nullable=False),
        sa.Column("wanted_by", sa.String),
        sa.Column("deploys", sa.Boolean, nullable=False),
        sa.Column("dry_run", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "release_drafts_due", "release_drafts", ["due_at"], sqlite_where=due, postgresql_where=due
    )


def downgrade() -> None:
    op.drop_table("release_drafts")
