"""Metrics: how well a team delivers, by DORA's definitions; every number lists what it rests on.

Terms and formulae follow dora.dev and the design (§17.8). A number without a denominator is None.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from statistics import fmean, median

from bot.domain.deployments.states import Kind
from bot.domain.metrics.history import CauseState, Closure, IncidentRecord, Record, Result

CHANGES = frozenset({Kind.RELEASE, Kind.HOTFIX})
"""The kinds that count as a change; rollbacks and redeploys are told apart."""

DAY, WEEK, MINUTE = timedelta(days=1), timedelta(weeks=1), timedelta(minutes=1)
GUARDED = "production"
"""The environment in which things fail for users, and where incidents belong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From `start` up to but without `end`, looked at from `as_of`: what happened later is not
    known yet. Weeks are ISO weeks in `zone`.
    """

    start: datetime
    end: datetime
    as_of: datetime
    zone: tzinfo = UTC

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a window ends after it starts")

    def holds(self, moment: datetime | None) -> bool:
        """Whether something happened in the window, as far as is known."""
        return moment is not None and self.start <= moment < self.end and moment <= self.as_of

    @property
    def days(self) -> float:
        """Its length in days."""
        return (self.end - self.start) / DAY

    def day_of(self, moment: datetime) -> date:
        """The calendar day of an instant in the team's zone."""
        return moment.astimezone(self.zone).date()

    def week_of(self, moment: datetime) -> date:
        """The Monday of its ISO week in the team's zone."""
        day = self.day_of(moment)
        return day - DAY * day.weekday()

    def full_days(self) -> tuple[date, ...]:
        """The calendar days that lie in it and are over."""
        last, day = min(self.end, self.as_of), self.day_of(self.start)
        found = []
        while midnight(day + DAY, self.zone) <= last:
            if midnight(day, self.zone) >= self.start:
                found.append(day)
            day += DAY
        return tuple(found)

    def weeks(self, *, complete: bool) -> tuple[date, ...]:
        """The Mondays of its ISO weeks, `complete` for those alone that lie in it and are over."""
        last = min(self.end, self.as_of)
        first = self.day_of(self.start)
        monday = first - DAY * first.weekday()
        found = []
        while (begin := midnight(monday, self.zone)) < last:
            end = midnight(monday + WEEK, self.zone)
            if not complete or (begin >= self.start and end <= last):
                found.append(monday)
            monday += WEEK
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """What went wrong: failed changes and the share of them, recovery times in minutes.

    `if_confirmed` is the share if every suspected cause were confirmed, of `suspected` besides;
    `rework` is the share of hotfixes for an incident, `reworked`. `recovered` are failed changes
    whose recovery time is known, `unrecovered` the others.
    """

    failed: tuple[str, ...]
    failure_rate: float | None
    if_confirmed: float | None
    suspected: tuple[str, ...]
    restored: tuple[str, ...]
    mttr_mean: float | None
    mttr_median: float | None
    fdrt_median: float | None
    recovered: tuple[str, ...]
    unrecovered: tuple[str, ...]
    open: tuple[tuple[str, float], ...]
    rework: float | None
    reworked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """How many minutes a commit took from its authoring until a deployment had it live."""

    deployment: str
    live_at: datetime
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """What was delivered: ids of the changes that went live and of those that succeeded, how often
    and how fast, in minutes from commit to production. `led` are the changes whose commits had a
    lead time, `skewed` the commits that were passed over because a clock was wrong.
    """

    live: tuple[str, ...]
    successful: tuple[str, ...]
    rollbacks: tuple[str, ...]
    per_day: float
    deploy_days: float | None
    lead_median: float | None
    lead_mean: float | None
    led: tuple[str, ...]
    skewed: tuple[str, ...]


def throughput(history: Sequence[Record], window: Window) -> Throughput:
    """Of the whole history of one service and environment, oldest first."""
    changes = _changes(history, window)
    good = [record for record in changes if record.result is Result.SUCCESS]
    found, skewed = lead_times(history, window)
    leads = [lead.minutes for lead in found]
    return Throughput(
        live=tuple(record.id for record in changes),
        successful=tuple(record.id for record in good),
        rollbacks=tuple(
            r.id for r in history if r.kind is Kind.ROLLBACK and window.holds(r.live_at)
        ),
        per_day=len(good) / window.days,
        deploy_days=_deploy_days(good, window),
        lead_median=median(leads) if leads else None,
        lead_mean=fmean(leads) if leads else None,
        led=tuple(dict.fromkeys(lead.deployment for lead in found)),
        skewed=tuple(skewed),
    )


def stability(
    history: Sequence[Record], incidents: Sequence[IncidentRecord], window: Window
) -> Stability:
    """Of the whole history of one service and environment, and the incidents of that service."""
    known = [incident for incident in incidents if incident.declared_at <= window.as_of]
    changes = _changes(history, window)
    taken_back = _taken_back(history, window)
    confirmed = _caused(known, CauseState.CONFIRMED)
    suspected = _caused(known, CauseState.CONFIRMED, CauseState.SUSPECTED)

    def share(blamed: Iterable[str]) -> tuple[tuple[str, ...], float | None]:
        guilty = {*blamed, *taken_back}
        failed = tuple(
            r.id for r in changes if r.id in guilty or r.result in (Result.FAILURE, Result.ABORTED)
        )
        return failed, len(failed) / len(changes) if changes else None

    failed, rate = share(confirmed)
    doubted, if_confirmed = share(suspected)
    recovered = {
        record.id: minutes
        for record in changes
        if record.id in failed
        and (minutes := _recovery(record, confirmed.get(record.id, ()), taken_back, window))
        is not None
    }
    restored = [i for i in known if i.is_real and window.holds(i.restored_at)]
    times = [(i.restored_at - i.started_at) / MINUTE for i in restored if i.restored_at]
    reworked = [r for r in changes if r.kind is Kind.HOTFIX and r.for_incident is not None]
    return Stability(
        failed=failed,
        failure_rate=rate,
        if_confirmed=if_confirmed,
        suspected=tuple(one for one in doubted if one not in failed),
        restored=tuple(incident.id for incident in restored),
        mttr_mean=fmean(times) if times else None,
        mttr_median=median(times) if times else None,
        fdrt_median=median(recovered.values()) if recovered else None,
        recovered=tuple(recovered),
        unrecovered=tuple(one for one in failed if one not in recovered),
        open=tuple(
            (i.id, (window.as_of - i.started_at) / MINUTE) for i in known if _is_open(i, window)
        ),
        rework=len(reworked) / len(changes) if changes else None,
        reworked=tuple(record.id for record in reworked),
    )


def _changes(history: Sequence[Record], window: Window) -> list[Record]:
    return [r for r in history if r.kind in CHANGES and window.holds(r.live_at)]


def _deploy_days(good: Sequence[Record], window: Window) -> float | None:
    """The median number of days with a deployment, over the weeks; None without a week."""
    weeks: dict[date, set[date]] = {monday: set() for monday in window.weeks(complete=False)}
    for record in good:
        if record.live_at is not None:
            monday = window.week_of(record.live_at)
            weeks.setdefault(monday, set()).add(window.day_of(record.live_at))
    return float(median(map(len, weeks.values()))) if weeks else None


def lead_times(history: Sequence[Record], window: Window) -> tuple[list[Lead], list[str]]:
    """The lead time of every commit that the window's changes shipped first; and the commits that
    were passed over because a clock was wrong.

    What a success shipped once never counts again. The first deployment of all ships everything
    there ever was, so it tells nothing about speed.
    """
    live = sorted((r for r in history if r.live_at is not None), key=_went_live)
    shipped: set[str] = set()
    found: list[Lead] = []
    skewed: list[str] = []
    for place, record in enumerate(live):
        if record.result is not Result.SUCCESS or record.live_at is None:
            continue
        counts = place > 0 and record.kind in CHANGES and window.holds(record.live_at)
        for commit in record.commits:
            if commit.sha in shipped:
                continue
            shipped.add(commit.sha)
            if not counts or commit.parents > 1:
                continue
            took = (record.live_at - commit.authored_at) / MINUTE
            if took < 0:
                skewed.append(commit.sha)
            else:
                found.append(Lead(deployment=record.id, live_at=record.live_at, minutes=took))
    return found, skewed


def _went_live(record: Record) -> datetime:
    return record.live_at or record.requested_at


def _taken_back(history: Sequence[Record], window: Window) -> dict[str, Record]:
    """The first rollback of each record that was rolled back, as far as is known."""
    found: dict[str, Record] = {}
    for record in history:
        happened = record.result is Result.SUCCESS or record.live_at is not None
        if record.rolls_back and happened and _went_live(record) <= window.as_of:
            found.setdefault(record.rolls_back, record)
    return found


def _caused(
    incidents: Iterable[IncidentRecord], *states: CauseState
) -> dict[str, list[IncidentRecord]]:
    """Incidents by the deployment behind them; an external failure blames no deployment."""
    found: dict[str, list[IncidentRecord]] = {}
    for incident in incidents:
        blames = incident.is_real and incident.closure is not Closure.EXTERNAL
        if incident.cause and incident.cause_state in states and blames:
            found.setdefault(incident.cause, []).append(incident)
    return found


def _recovery(
    record: Record,
    incidents: Sequence[IncidentRecord],
    taken_back: dict[str, Record],
    window: Window,
) -> float | None:
    """Minutes from going live to the last restoration, else to the health of its rollback."""
    if record.live_at is None:
        return None
    if incidents:
        ends = [i.restored_at for i in incidents if i.restored_at and i.restored_at <= window.as_of]
        return (max(ends) - record.live_at) / MINUTE if len(ends) == len(incidents) else None
    rollback = taken_back.get(record.id)
    if rollback is None or rollback.healthy_at is None:
        return None
    return (rollback.healthy_at - record.live_at) / MINUTE


def _is_open(incident: IncidentRecord, window: Window) -> bool:
    if incident.restored_at is not None:
        return incident.is_real and incident.restored_at > window.as_of
    return incident.closure is None and incident.resolved_at is None


def midnight(day: date, zone: tzinfo) -> datetime:
    """When a day begins in a time zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
