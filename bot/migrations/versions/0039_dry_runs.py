"""Dry runs: each person has one at a time in a place; of those under way the first one goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

UNFINISHED = (
    "state NOT IN ('succeeded', 'failed', 'cancelled', 'refused', 'rejected', 'expired', 'void')"
    " AND dry_run"
)
_ROWS = sa.table(
    "deployments",
    sa.column("revision"),
    sa.column("state"),
    sa.column("requested_at"),
    sa.column("settled_at"),
    sa.column("due_at"),
    sa.column("ending", sa.JSON),
)
ENDING = {"code": "superseded", "text": "Another dry run of yours goes on there", "by": None}


def upgrade() -> None:
    one = f"SELECT min(id) FROM deployments WHERE {UNFINISHED}"
    first = f"{one} GROUP BY requested_by, service, environment"
    others = sa.text(f"{UNFINISHED} AND id NOT IN ({first})")
    ended = {"state": "cancelled", "settled_at": _ROWS.c.requested_at, "due_at": None}
    changed = ended | {"revision": _ROWS.c.revision + 1, "ending": ENDING}
    op.execute(sa.update(_ROWS).where(others).values(changed))
    only = sa.text(UNFINISHED)
    op.create_index(
        "deployments_dry_run",
        "deployments",
        ["requested_by", "service", "environment"],
        unique=True,
        sqlite_where=only,
        postgresql_where=only,
    )


def downgrade() -> None:
    op.drop_index("deployments_dry_run", "deployments")
