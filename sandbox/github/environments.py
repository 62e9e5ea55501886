"""Environments, the people who guard them, and what those answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Environment:
    """A place that jobs deploy to; with `reviewers` (logins) a job waits for one of them, with
    `rules` (logins of Apps) for the answer of each. Whoever spells its `name` in another letter
    case means it, and is answered with the name as it was given first.
    """

    id: int
    name: str
    created_at: datetime
    reviewers: tuple[str, ...] = ()
    prevent_self_review: bool = False
    rules: tuple[str, ...] = ()
    wait_minutes: int = 0

    @property
    def is_production(self) -> bool:
        return self.name.casefold() == "production"

    @property
    def wants(self) -> frozenset[str]:
        """Whose answers a job waits for: one of the reviewers', and that of each rule."""
        return frozenset({*(("reviewers",) if self.reviewers else ()), *self.rules})

    def may_review(self, login: str, requester: str) -> bool:
        if login not in self.reviewers:
            return False
        return not (self.prevent_self_review and login == requester)


@dataclass(frozen=True)
class Approval:
    """What a reviewer answered at the gate of one run: `approved` or `rejected`."""

    environment: str
    reviewer: str
    state: str
    comment: str
    at: datetime
