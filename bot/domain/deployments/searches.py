"""Search: which deployments of the history somebody wants to see."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.deployments.states import Kind, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What the deployments that are wanted have in common; None is whatever it may be.

    `person` is the Slack id of whoever asked for them, `since` and `before` are about when.
    """

    service: str | None = None
    environment: str | None = None
    states: frozenset[State] | None = None
    kind: Kind | None = None
    person: str | None = None
    version: str | None = None
    since: datetime | None = None
    before: datetime | None = None
