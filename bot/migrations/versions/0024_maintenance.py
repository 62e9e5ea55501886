"""Status posts about the maintenance that a deployment is."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

MAINTENANCE = "phase = 'maintenance'"


def upgrade() -> None:
    with op.batch_alter_table("status_posts") as table:
        table.alter_column("incident", existing_type=sa.Integer, nullable=True)
        table.add_column(sa.Column("deployment", sa.Integer))
        table.add_column(sa.Column("ends_at", sa.DateTime(timezone=True)))
        table.create_foreign_key(
            "status_posts_deployment_fkey", "deployments", ["deployment"], ["id"]
        )
    op.create_index("status_posts_deployment", "status_posts", ["deployment"], unique=True)
    where = sa.text(MAINTENANCE)
    op.create_index(
        "status_posts_maintenance",
        "status_posts",
        ["id"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.execute("DELETE FROM status_posts WHERE incident IS NULL")
    op.drop_index("status_posts_maintenance", "status_posts")
    op.drop_index("status_posts_deployment", "status_posts")
    with op.batch_alter_table("status_posts") as table:
        table.drop_constraint("status_posts_deployment_fkey", type_="foreignkey")
        table.drop_column("ends_at")
        table.drop_column("deployment")
        table.alter_column("incident", existing_type=sa.Integer, nullable=False)
