"""Undoing a rollback: which of them cannot be undone any more."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

_ROWS = sa.table(
    "deployments",
    *(sa.column(name) for name in ("id", "service", "environment", "kind", "state")),
    sa.column("stays", sa.Boolean),
)


def upgrade() -> None:
    column = sa.Column("stays", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("deployments", column)
    later = _ROWS.alias()
    is_later = sa.exists().where(
        later.c.service == _ROWS.c.service,
        later.c.environment == _ROWS.c.environment,
        later.c.state == "succeeded",
        later.c.id > _ROWS.c.id,
    )
    stay = sa.update(_ROWS).where(_ROWS.c.kind == "rollback", is_later)
    op.get_bind().execute(stay.values(stays=True))


def downgrade() -> None:
    op.drop_column("deployments", "stays")
