"""Approvals: as many as are needed, each with its person, time and commit, in place of one."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_deployments = sa.table(
    "deployments",
    sa.column("id", sa.Integer),
    sa.column("binding", sa.JSON),
    sa.column("approvals", sa.JSON),
    sa.column("approved_by", sa.String),
    sa.column("approved_at", sa.DateTime(timezone=True)),
    sa.column("approver_is_fresh", sa.Boolean),
)
_d = _deployments.c


def upgrade() -> None:
    op.add_column(
        "deployments", sa.Column("approvers", sa.Integer, nullable=False, server_default="1")
    )
    op.add_column(
        "deployments", sa.Column("approvals", sa.JSON, nullable=False, server_default="[]")
    )
    rows = sa.select(_d.id, _d.binding, _d.approved_by, _d.approved_at, _d.approver_is_fresh)
    for row in op.get_bind().execute(rows.where(_d.approved_by.is_not(None))).all():
        at = row.approved_at
        given = {
            "who": row.approved_by,
            "at": (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat(),
            "github": None,
            "fresh": bool(row.approver_is_fresh),
            "commit": (row.binding or {}).get("commit", ""),
        }
        _change(row.id, approvals=[given])
    for name in ("approved_by", "approved_at", "approver_is_fresh"):
        op.drop_column("deployments", name)


def downgrade() -> None:
    op.add_column("deployments", sa.Column("approved_by", sa.String))
    op.add_column("deployments", sa.Column("approved_at", sa.DateTime(timezone=True)))
    op.add_column(
        "deployments",
        sa.Column("approver_is_fresh", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    for row in op.get_bind().execute(sa.select(_d.id, _d.approvals)).all():
        for given in row.approvals[:1]:  # there was room for one
            _change(
                row.id,
                approved_by=given["who"],
                approved_at=datetime.fromisoformat(given["at"]),
                approver_is_fresh=given["fresh"],
            )
    op.drop_column("deployments", "approvals")
    op.drop_column("deployments", "approvers")


def _change(deployment: int, **values: object) -> None:
    op.execute(sa.update(_deployments).where(_d.id == deployment).values(**values))
