"""Signatures: what people put their names to before a deployment: sign-offs and overrides."""

from dataclasses import dataclass
from datetime import datetime

QUERIES = {
    "slow_queries": "No slow queries",
    "index_usage": "Index usage checked",
    "lock_contention": "No lock contention",
}
"""What the process has people watch after a deployment with migrations, by the item they sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """A person's word that an item of the checklist is done, and what they added to it; `github` is
    their login there, where it is known.
    """

    item: str
    by: str
    at: datetime
    note: str = ""
    github: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's decision that a gate does not hold a deployment up, and why.

    `lifted` is what the gate said at that time, `about` what it named as blocking.
    """

    gate: str
    by: str
    at: datetime
    reason: str
    lifted: str = ""
    about: tuple[str, ...] = ()
