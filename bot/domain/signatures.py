"""Signatures: what people put their names to before a deployment: sign-offs and overrides."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """A person's word that an item of the checklist is done, and what they added to it."""

    item: str
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's decision that a gate does not hold a deployment up, and why.

    `lifted` is what the gate said at that time.
    """

    gate: str
    by: str
    at: datetime
    reason: str
    lifted: str = ""
