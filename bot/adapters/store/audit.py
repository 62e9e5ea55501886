"""Audit: who did what, append-only, sealed in order into a chain of SHA-256 digests.

Each digest covers the one before it and the row, so that no sealed row can be changed, removed or
moved without a break. Whoever keeps a head elsewhere (it goes into the log) can also tell that the
newest rows were cut off.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, RowMapping, func, insert, select, text

from bot.adapters.store import tables
from bot.adapters.store.rows import Rows
from bot.domain.audits import AuditEntry, Chain

GENESIS = "0" * 64
"""What the first row is chained to."""

LOCKS_WITHIN = "300ms"
"""How long the seal waits for those who are writing, as PostgreSQL reads it."""

_TABLE = tables.audit
_SEALS = tables.audit_seals
_ADD = insert(_TABLE)


class Audit(Rows):
    """The audit trail within one transaction."""

    def audit(self, actor: str, action: str, subject: str, **detail: Any) -> None:
        entry = {
            "at": self.now,
            "actor": actor,
            "action": action,
            "subject": subject,
            "detail": to_jsonable_python(detail),
        }
        self.connection.execute(_ADD, entry)

    def trail(self, subject: str) -> tuple[AuditEntry, ...]:
        wanted = select(_TABLE).where(_TABLE.c.subject == subject).order_by(_TABLE.c.id)
        return tuple(AuditEntry(**row) for row in self.connection.execute(wanted).mappings())

    def audited(
        self, subject: str | None, actor: str | None, *, limit: int, offset: int = 0
    ) -> tuple[AuditEntry, ...]:
        wanted = select(_TABLE).order_by(_TABLE.c.id.desc()).limit(limit).offset(offset)
        if subject is not None:
            wanted = wanted.where(_TABLE.c.subject == subject)
        if actor is not None:
            wanted = wanted.where(_TABLE.c.actor == actor)
        return tuple(AuditEntry(**row) for row in self.connection.execute(wanted).mappings())

    def look_at_chain(self, most: int) -> Chain:
        newest = select(_SEALS).order_by(_SEALS.c.row_id.desc()).limit(most + 1)
        seals = list(self.connection.execute(newest))
        before = seals.pop() if len(seals) > most else None
        first, previous = (before.row_id, before.digest) if before else (0, GENESIS)
        last = seals[0].row_id if seals else 0
        broken = _broken(self.connection, last, first, previous)
        row, why = min(broken, default=(0, ""))
        open_rows = select(func.count()).select_from(_TABLE).where(_TABLE.c.id > last)
        return Chain(
            checked=len(seals),
            sealed_to=last,
            head=seals[0].digest if seals else "",
            is_whole=before is None,
            open=self.connection.scalar(open_rows) or 0,
            row=row,
            why=why,
        )

    def audit_head(self) -> str:
        newest = select(_SEALS.c.digest).order_by(_SEALS.c.row_id.desc()).limit(1)
        return self.connection.scalar(newest) or ""

    def seal(self, limit: int = 500) -> str | None:
        """See `Tx.seal`; to be called first in a transaction.

        PostgreSQL gives ids before it commits, so a lower id may appear after a higher one. The
        lock waits for every running insert and holds new ones back, and the snapshot is taken
        after it: no row can turn up below one that is sealed.
        """
        if self.connection.dialect.name == "postgresql":
            # While it is waited for, nobody else gets past; and the seal can wait.
            self.connection.execute(text(f"SET LOCAL lock_timeout = '{LOCKS_WITHIN}'"))
            self.connection.execute(text("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE"))
        last = self.connection.execute(
            select(_SEALS).order_by(_SEALS.c.row_id.desc()).limit(1)
        ).first()
        sealed_to, head = (last.row_id, last.digest) if last else (0, GENESIS)
        seals = []
        rows = select(_TABLE).where(_TABLE.c.id > sealed_to).order_by(_TABLE.c.id).limit(limit)
        for row in self.connection.execute(rows).mappings():
            head = digest(head, row)
            seals.append({"row_id": row["id"], "digest": head})
        if not seals:
            return None
        self.connection.execute(insert(_SEALS), seals)
        return head


def digest(previous: str, row: RowMapping) -> str:
    """The digest of a row that follows the row with the digest `previous`."""
    entry = {
        "id": row["id"],
        "at": row["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": row["actor"],
        "action": row["action"],
        "subject": row["subject"],
        "detail": row["detail"],
    }
    canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def verify(connection: Connection, head: str | None = None) -> dict[str, Any]:
    """Check the whole chain, and that a `head` noted earlier is still part of it.

    `{"ok": True, "rows": all, "sealed": how many, "head": digest}`, or `{"ok": False, "row": id,
    "why": sentence}` for the lowest row that does not fit. Rows after the last seal are not
    protected yet.
    """
    sealed, newest_row = connection.execute(select(func.count(), func.max(_SEALS.c.row_id))).one()
    last = newest_row or 0
    newest = select(_SEALS.c.digest).where(_SEALS.c.row_id == last)
    broken = _broken(connection, last)
    if not broken and head is not None and not _is_known(connection, head):
        broken = [(last, "rows after it were removed: the given head is not in the chain")]
    if broken:
        row, why = min(broken)
        return {"ok": False, "row": row, "why": why}
    return {
        "ok": True,
        "rows": connection.scalar(select(func.count()).select_from(_TABLE)),
        "sealed": sealed,
        "head": connection.scalar(newest) or GENESIS,
    }


def _broken(
    connection: Connection, last: int, first: int = 0, previous: str = GENESIS
) -> list[tuple[int, str]]:
    """What does not fit of the rows after `first`, which has the digest `previous`, up to the
    newest sealed one, `last`.
    """
    return [
        *_removed(connection, first),
        *_unsealed(connection, first, last),
        *_changed(connection, first, previous),
    ]


def _removed(connection: Connection, first: int) -> Iterator[tuple[int, str]]:
    """The first seal whose row is gone."""
    both = _SEALS.outerjoin(_TABLE)
    lost = select(func.min(_SEALS.c.row_id)).select_from(both)
    lost = lost.where(_SEALS.c.row_id > first, _TABLE.c.id.is_(None))
    if (row := connection.scalar(lost)) is not None:
        yield row, "the row was removed"


def _unsealed(connection: Connection, first: int, last: int) -> Iterator[tuple[int, str]]:
    """The first row without a seal below one that has it."""
    both = _TABLE.outerjoin(_SEALS)
    bare = select(func.min(_TABLE.c.id)).select_from(both)
    bare = bare.where(_TABLE.c.id > first, _TABLE.c.id < last, _SEALS.c.row_id.is_(None))
    if (row := connection.scalar(bare)) is not None:
        yield row, "the row has no seal, but a later one has"


def _changed(connection: Connection, first: int, previous: str) -> Iterator[tuple[int, str]]:
    """The first row whose digest is another than its seal says."""
    pairs = select(_TABLE, _SEALS.c.digest).select_from(_TABLE.join(_SEALS))
    pairs = pairs.where(_TABLE.c.id > first).order_by(_TABLE.c.id)
    for row in connection.execute(pairs).mappings():
        if digest(previous, row) != row["digest"]:
            yield row["id"], "the row, or one just before it, is not what was sealed"
            return
        previous = row["digest"]


def _is_known(connection: Connection, head: str) -> bool:
    known = select(func.count()).select_from(_SEALS).where(_SEALS.c.digest == head)
    return head == GENESIS or connection.execute(known).scalar_one() > 0
