"""Ways back: which rollbacks left a target pinned, which of them was undone, and by what."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

_ROWS = sa.table(
    "deployments", sa.column("id"), sa.column("steps", sa.JSON), sa.column("pinned", sa.Boolean)
)
REVERSALS = ("reverses", "reversed_by")


def upgrade() -> None:
    for name in REVERSALS:
        op.add_column("deployments", sa.Column(name, sa.String))
    no = sa.false()
    op.add_column("deployments", sa.Column("pinned", sa.Boolean, nullable=False, server_default=no))
    only = sa.text("pinned")
    op.create_index(
        "deployments_pinned", "deployments", ["id"], sqlite_where=only, postgresql_where=only
    )
    connection = op.get_bind()
    kept = connection.execute(sa.select(_ROWS.c.id, _ROWS.c.steps)).all()
    pinned = [row.id for row in kept if any(step.get("pinned") for step in row.steps or ())]
    for one in pinned:
        connection.execute(sa.update(_ROWS).where(_ROWS.c.id == one).values(pinned=True))


def downgrade() -> None:
    op.drop_index("deployments_pinned", "deployments")
    op.drop_column("deployments", "pinned")
    for name in reversed(REVERSALS):
        op.drop_column("deployments", name)
