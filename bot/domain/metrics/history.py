"""History: what became of past deployments and incidents, as the metrics and a rollback read it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.deployments.changes import Commit
from bot.domain.deployments.states import Kind


class Result(StrEnum):
    """How a deployment ended, in the words of the exchange format."""

    SUCCESS = "success"
    FAILURE = "failure"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    ABORTED = "aborted"
    REFUSED = "refused"
    VOID = "void"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One deployment of the past, or one that is changing its environment now.

    `id` is the name that people know it by: D12, or the one it was imported under. `result` is
    None while it changes the environment. `bad` is a person's mark, `hold` says that the slot was
    held after it. `rolls_back` names the record that was live and was taken back. `live_at` is
    when the environment first ran it. `blamed` names an open incident that it is held to have
    caused; that is not kept with it.
    """

    id: str
    service: str
    environment: str
    version: str
    kind: Kind = Kind.RELEASE
    result: Result | None
    bad: bool = False
    hold: bool = False
    requested_at: datetime
    live_at: datetime | None = None
    healthy_at: datetime | None = None
    rolls_back: str | None = None
    for_incident: str | None = None
    requested_by: str = ""
    approved_by: tuple[str, ...] = ()
    commits: tuple[Commit, ...] = ()
    blamed: str = ""


class CauseState(StrEnum):
    """How sure it is that a deployment caused an incident."""

    NONE = "none"
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"


class Closure(StrEnum):
    """Why an incident was closed."""

    RESOLVED = "resolved"
    DUPLICATE = "duplicate"
    FALSE_POSITIVE = "false_positive"
    EXTERNAL = "external"
    CANCELLED = "cancelled"


NOT_REAL = frozenset({Closure.DUPLICATE, Closure.FALSE_POSITIVE, Closure.CANCELLED})
"""Closures that say that nothing (or nothing more) had failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecord:
    """One incident with its clocks; `cause` is the id of the deployment behind it, if any."""

    id: str
    service: str
    severity: str
    title: str
    declared_at: datetime
    started_at: datetime
    detected_at: datetime | None = None
    restored_at: datetime | None = None
    resolved_at: datetime | None = None
    cause: str | None = None
    cause_state: CauseState = CauseState.NONE
    closure: Closure | None = None

    @property
    def is_real(self) -> bool:
        """Whether something did fail; an external failure is one, too."""
        return self.closure not in NOT_REAL
