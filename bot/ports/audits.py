"""The audit's part of the store port: who did what, and whether the chain over it holds."""

from typing import Any, Protocol

from bot.domain.audits import AuditEntry, Chain


class AuditTx(Protocol):
    """The audit trail within one transaction."""

    def audit(self, actor: str, action: str, subject: str, **detail: Any) -> None: ...
    def trail(self, subject: str) -> tuple[AuditEntry, ...]:
        """Everything about one subject, oldest first."""

    def audited(
        self, subject: str | None, actor: str | None, *, limit: int, offset: int = 0
    ) -> tuple[AuditEntry, ...]:
        """What happened to one subject, by one person, or all of it; newest first."""

    def seal(self, limit: int = 500) -> str | None:
        """Chain audit rows that are not yet sealed, in order; the new head, or None when nothing
        was open. Raises Stale where somebody has been writing for too long to be waited for.
        """

    def audit_head(self) -> str:
        """The newest digest of the audit chain; empty while nothing is sealed."""

    def look_at_chain(self, most: int) -> Chain:
        """Check the newest sealed rows, at most so many, against their digests."""
