"""Trends: what the metrics were in each week of a window, so that a change can be seen."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median

from bot.domain.metrics.history import IncidentRecord, Record, Result
from bot.domain.metrics.metrics import CHANGES, GUARDED, MINUTE, Window, lead_times, stability


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One ISO week by its Monday, as far as it lies in the window; None is "no data", never 0.

    `changes` went live, `failed` of them failed. Times are in minutes.
    """

    monday: date
    deployments: int = 0
    changes: int = 0
    failed: int = 0
    lead: float | None = None
    recovery: float | None = None

    @property
    def failure_rate(self) -> float | None:
        """The share of changes that failed."""
        return self.failed / self.changes if self.changes else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The weeks of one service and environment, oldest first."""

    service: str
    environment: str
    window: Window
    weeks: tuple[Week, ...]


def trend(
    history: Sequence[Record],
    incidents: Sequence[IncidentRecord],
    place: tuple[str, str],
    window: Window,
) -> Trend:
    """Of the whole history of one place, oldest first, and the incidents of its service.

    Incidents count for production alone, as they do in the metrics.
    """
    service, environment = place
    known = incidents if environment == GUARDED else ()
    blamed = set(stability(history, known, window).failed)
    live: dict[date, list[Record]] = defaultdict(list)
    for record in history:
        if record.kind in CHANGES and record.live_at and window.holds(record.live_at):
            live[window.week_of(record.live_at)].append(record)
    leads: dict[date, list[float]] = defaultdict(list)
    for lead in lead_times(history, window)[0]:
        leads[window.week_of(lead.live_at)].append(lead.minutes)
    recoveries: dict[date, list[float]] = defaultdict(list)
    for one in known:
        is_known = one.is_real and one.declared_at <= window.as_of
        if is_known and one.restored_at and window.holds(one.restored_at):
            minutes = (one.restored_at - one.started_at) / MINUTE
            recoveries[window.week_of(one.restored_at)].append(minutes)
    weeks = tuple(
        Week(
            monday=monday,
            deployments=sum(r.result is Result.SUCCESS for r in live[monday]),
            changes=len(live[monday]),
            failed=sum(r.id in blamed for r in live[monday]),
            lead=median(leads[monday]) if leads[monday] else None,
            recovery=fmean(recoveries[monday]) if recoveries[monday] else None,
        )
        for monday in sorted({*window.weeks(complete=False), *live})
    )
    return Trend(service=service, environment=environment, window=window, weeks=weeks)
