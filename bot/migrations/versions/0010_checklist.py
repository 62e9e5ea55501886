"""The checklist: what people lifted and signed, the database changes, and the facts of the risk."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

COLUMNS = ("overrides", "sign_offs", "migrations", "risk")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("deployments", sa.Column(name, sa.JSON))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("deployments", name)
