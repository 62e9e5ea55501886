"""Audit: what was done as it is kept, and what a look at the chain over it found."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did or saw what to which subject ("D12"), when; `detail` is plain JSON."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = field(default_factory=dict)
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What a look at the chain found: `checked` rows up to row `sealed_to`, which has the digest
    `head`; `is_whole` says that these are all that are sealed, and `open` counts what is newer.

    `why` says what does not fit, and `row` where; empty when the chain holds.
    """

    checked: int
    sealed_to: int
    head: str
    is_whole: bool
    open: int
    row: int = 0
    why: str = ""
