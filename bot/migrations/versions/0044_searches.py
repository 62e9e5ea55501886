"""What somebody asked for, where a version went, and what did not succeed, is found by an index;
incidents that are resolved and not closed, too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

NOT_SUCCEEDED = sa.text("NOT dry_run AND state <> 'succeeded'")
RESOLVED = sa.text("state = 'resolved'")
NAMES = ("requested_by", "version")


def upgrade() -> None:
    for name in NAMES:
        op.create_index(f"deployments_of_{name}", "deployments", [name, "requested_at", "id"])
    op.create_index(
        "deployments_not_succeeded",
        "deployments",
        ["requested_at", "id"],
        sqlite_where=NOT_SUCCEEDED,
        postgresql_where=NOT_SUCCEEDED,
    )
    op.create_index(
        "incidents_resolved",
        "incidents",
        ["id"],
        sqlite_where=RESOLVED,
        postgresql_where=RESOLVED,
    )


def downgrade() -> None:
    op.drop_index("incidents_resolved", "incidents")
    op.drop_index("deployments_not_succeeded", "deployments")
    for name in NAMES:
        op.drop_index(f"deployments_of_{name}", "deployments")
