"""What one person did is found by an index."""

from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.create_index("audit_actor", "audit", ["actor", "id"])


def downgrade() -> None:
    op.drop_index("audit_actor", "audit")
