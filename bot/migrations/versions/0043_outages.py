"""Outages: when a monitor was up again, when it broke again, and each time that a pager rings."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

_GOING_ON = "source <> '' AND state NOT IN ('restored', 'resolved', 'closed')"
_OPEN = "source <> '' AND state NOT IN ('resolved', 'closed')"


def upgrade() -> None:
    op.add_column("incidents", sa.Column("up_at", sa.DateTime(timezone=True)))
    op.add_column("incidents", sa.Column("again_at", sa.DateTime(timezone=True)))
    _index_sources(_GOING_ON)
    op.add_column(
        "pages", sa.Column("ringing", sa.Integer, nullable=False, server_default=sa.text("1"))
    )
    _index_pagers("incident", "pager", "ringing")


def downgrade() -> None:
    """The older tables hold one open incident for each monitor, and one page for each pager."""
    op.execute(
        "DELETE FROM pages WHERE EXISTS (SELECT 1 FROM pages n WHERE n.incident = pages.incident "
        "AND n.pager = pages.pager AND n.ringing > pages.ringing)"
    )
    _index_pagers("incident", "pager")
    op.drop_column("pages", "ringing")
    op.execute(
        f"UPDATE incidents SET source = '' WHERE {_OPEN} AND EXISTS (SELECT 1 FROM incidents n "
        "WHERE n.source = incidents.source AND n.state NOT IN ('resolved', 'closed') "
        "AND n.id > incidents.id)"
    )
    _index_sources(_OPEN)
    op.drop_column("incidents", "again_at")
    op.drop_column("incidents", "up_at")


def _index_sources(where: str) -> None:
    op.drop_index("incidents_source", "incidents")
    op.create_index(
        "incidents_source",
        "incidents",
        ["source"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _index_pagers(*columns: str) -> None:
    op.drop_index("pages_pager", "pages")
    op.create_index("pages_pager", "pages", list(columns), unique=True)
