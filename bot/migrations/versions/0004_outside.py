"""Runs that were started outside Slack, and from when on the runs of a workflow are new."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

HAS_RUN = "run_id IS NOT NULL"
RUN = ("repo", "run_id", "run_attempt")


def upgrade() -> None:
    op.add_column("deployments", sa.Column("outside", sa.JSON))
    attempt = sa.Column("run_attempt", sa.Integer, nullable=False, server_default="1")
    op.add_column("deployments", attempt)
    op.drop_index("deployments_run", "deployments")
    _index("deployments_run", *RUN, where=f"{HAS_RUN} AND NOT adopted")
    place = ("service", "environment")
    _index("deployments_adopted_run", *RUN, *place, where=f"{HAS_RUN} AND adopted")
    op.create_table(
        "lookouts",
        sa.Column("repo", sa.String, primary_key=True),
        sa.Column("workflow", sa.String, primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Only the last attempt of a run stays its deployment's."""
    op.drop_table("lookouts")
    op.drop_index("deployments_run", "deployments")
    op.drop_index("deployments_adopted_run", "deployments")
    op.execute(
        "UPDATE deployments SET run_id = NULL WHERE EXISTS (SELECT 1 FROM deployments AS later"
        " WHERE later.repo = deployments.repo AND later.run_id = deployments.run_id"
        " AND later.id > deployments.id)"
    )
    op.drop_column("deployments", "run_attempt")
    op.drop_column("deployments", "outside")
    _index("deployments_run", "repo", "run_id", where=HAS_RUN)


def _index(name: str, *columns: str, where: str) -> None:
    has = sa.text(where)
    op.create_index(
        name, "deployments", columns, unique=True, sqlite_where=has, postgresql_where=has
    )
