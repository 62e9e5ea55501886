"""Deployments and incidents of March 2024, for tests of what is counted in them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.deployments.changes import Commit
from bot.domain.deployments.states import Kind
from bot.domain.metrics.history import CauseState, Closure, IncidentRecord, Record, Result
from bot.domain.metrics.metrics import Stability, Window, stability

MARCH = datetime(2024, 3, 4, tzinfo=UTC)  # a Monday
APRIL = datetime(2024, 4, 1, tzinfo=UTC)
FOUR_WEEKS = Window(start=MARCH, end=APRIL, as_of=APRIL)


def day(number: float, *, minute: float = 0) -> datetime:
    """So many days after the first Monday, at ten o'clock."""
    return MARCH + timedelta(days=number, hours=10, minutes=minute)


def commit(sha: str, authored: datetime, *, parents: int = 1) -> Commit:
    return Commit(sha=sha, authored_at=authored, parents=parents)


def deployed(
    name: str,
    live: datetime | None,
    *commits: Commit,
    result: Result | None = Result.SUCCESS,
    kind: Kind = Kind.RELEASE,
    rolls_back: str | None = None,
    healthy: datetime | None = None,
    for_incident: str | None = None,
) -> Record:
    return Record(
        id=name,
        service="app",
        environment="production",
        version=f"v{name}",
        kind=kind,
        result=result,
        requested_at=(live or MARCH) - timedelta(minutes=10),
        live_at=live,
        healthy_at=healthy or live,
        rolls_back=rolls_back,
        for_incident=for_incident,
        commits=commits,
    )


def incident(
    name: str,
    started: datetime,
    restored: datetime | None,
    cause: str | None = None,
    state: CauseState = CauseState.CONFIRMED,
    closure: Closure | None = None,
) -> IncidentRecord:
    return IncidentRecord(
        id=name,
        service="app",
        severity="major",
        title="slow",
        declared_at=started + timedelta(minutes=3),
        started_at=started,
        restored_at=restored,
        cause=cause,
        cause_state=state if cause else CauseState.NONE,
        closure=closure,
    )


FIRST = deployed("0", day(-30), commit("old", day(-40)))


def trouble(records: Sequence[Record], *incidents: IncidentRecord) -> Stability:
    return stability(records, incidents, FOUR_WEEKS)
