"""Twin looks: when second runs are looked at; those of what is under way are looked at at once."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

UNFINISHED = (
    "state NOT IN ('succeeded', 'failed', 'cancelled', 'refused', 'rejected', 'expired', 'void')"
)


def upgrade() -> None:
    op.create_table(
        "twin_looks",
        sa.Column(
            "deployment",
            sa.Integer,
            sa.ForeignKey("deployments.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("twin_looks_due", "twin_looks", ["due_at"])
    op.execute(
        "INSERT INTO twin_looks (deployment, due_at) SELECT id, requested_at FROM deployments"
        f" WHERE {UNFINISHED} AND run_id IS NOT NULL AND dispatch IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("twin_looks")
