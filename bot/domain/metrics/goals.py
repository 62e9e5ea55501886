"""Goals: the four that the team's process sets itself, and whether they are met."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.metrics.history import Record, Result
from bot.domain.metrics.metrics import CHANGES, DAY, Stability, Window, midnight

WEEKLY = 2
"""Deployments to production in a week that count as "multiple"."""

FAILURE_RATE = 0.05
RECOVERY_MINUTES = 30.0
SATURDAY = 5
NOON = 12
"""From that hour on a working day without a deployment is one to worry about."""


AT_RISK = "at risk: "
"""How the reason begins of a goal that is met, and may not stay so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One goal: `met` is None where nothing can be said, or where it is at risk; `why` tells."""

    name: str
    target: str
    value: float | None
    met: bool | None
    why: str

    @property
    def is_at_risk(self) -> bool:
        """Whether what is known says neither yes nor no, and there is reason to worry."""
        return self.met is None and self.why.startswith(AT_RISK)


def goals(
    staging: Sequence[Record], production: Sequence[Record], found: Stability, window: Window
) -> tuple[Goal, ...]:
    """The process's goals; `found` is what went wrong in production."""
    return (
        _daily(staging, window),
        _weekly(production, window),
        _failures(found),
        _recovery(found),
    )


def _daily(history: Sequence[Record], window: Window) -> Goal:
    """Staging, on each working day that is over."""
    good = _good_days(history, window)
    days = [day for day in window.full_days() if day.weekday() < SATURDAY]
    with_one = len(set(days) & set(good))
    name, target = "staging_deployments", "at least 1 per working day"
    why = f"{with_one} of {len(days)} working days with a deployment to staging"
    met: bool | None = with_one == len(days)
    value = sum(day in days for day in good) / len(days) if days else None
    if not days:
        met, why = None, "no working day is over"
    if met is not False and (late := _late_today(good, window)):
        met, why = None, f"{AT_RISK}none yet on {late}; {why}"
    return Goal(name=name, target=target, value=value, met=met, why=why)


def _late_today(good: Sequence[date], window: Window) -> date | None:
    """The working day that goes on, where more than half of it is over and nothing came."""
    today = _today(window)
    if today is None or today.weekday() >= SATURDAY or today in good:
        return None
    return today if window.as_of.astimezone(window.zone).hour >= NOON else None


def _weekly(history: Sequence[Record], window: Window) -> Goal:
    """Production, in each complete ISO week."""
    good = _good_days(history, window)
    counts = {monday: 0 for monday in window.weeks(complete=True)}
    for day in good:
        monday = day - DAY * day.weekday()
        if monday in counts:
            counts[monday] += 1
    name, target = "production_deployments", f"at least {WEEKLY} in every week"
    short = [monday for monday, count in counts.items() if count < WEEKLY]
    value = sum(counts.values()) / len(counts) if counts else None
    listed = ", ".join(f"{monday:%Y-%m-%d}" for monday in short[:3])
    why = (
        f"fewer than {WEEKLY} in {len(short)} of {len(counts)} weeks (from {listed})"
        if short
        else f"{WEEKLY} or more in each of {len(counts)} weeks"
    )
    met: bool | None = not short
    if not counts:
        met, why = None, "no complete week"
    if met is not False and (hurry := _short_week(good, window)):
        met, why = None, f"{AT_RISK}{hurry}; {why}"
    return Goal(name=name, target=target, value=value, met=met, why=why)


def _short_week(good: Sequence[date], window: Window) -> str:
    """The week that goes on, where each working day that is left would need a deployment."""
    today = _today(window)
    if today is None:
        return ""
    monday = today - DAY * today.weekday()
    if midnight(monday, window.zone) < window.start:
        return ""
    done, left = sum(day >= monday for day in good), max(0, SATURDAY - today.weekday())
    if done >= WEEKLY or left > WEEKLY - done:
        return ""
    days = "1 working day" if left == 1 else f"{left or 'no'} working days"
    return f"{done} in the week from {monday}, and {days} left"


def _today(window: Window) -> date | None:
    """The day that goes on, where the window reaches into it."""
    return window.day_of(window.as_of) if window.start <= window.as_of < window.end else None


def _failures(found: Stability) -> Goal:
    name, target = "change_failure_rate", "under 5 percent"
    rate = found.failure_rate
    if rate is None:
        why = "no deployment to production"
        return Goal(name=name, target=target, value=None, met=None, why=why)
    why = f"{rate:.1%} of the deployments failed"
    if found.failed:
        why += f": {', '.join(found.failed[:5])}" + (" …" if len(found.failed) > 5 else "")
    upper = found.if_confirmed
    if rate < FAILURE_RATE and upper is not None and upper >= FAILURE_RATE:
        why = f"{AT_RISK}{why}, {upper:.1%} if the suspects are confirmed"
        return Goal(name=name, target=target, value=rate, met=None, why=why)
    return Goal(name=name, target=target, value=rate, met=rate < FAILURE_RATE, why=why)


def _recovery(found: Stability) -> Goal:
    name, target = "mttr_minutes", "under 30 minutes"
    mean = found.mttr_mean
    late = [one for one, minutes in found.open if minutes > RECOVERY_MINUTES]
    if mean is not None and mean >= RECOVERY_MINUTES:
        why = f"{mean:.0f} min on average over {', '.join(found.restored[:5])}"
        return Goal(name=name, target=target, value=mean, met=False, why=why)
    if late:
        why = f"{AT_RISK}{', '.join(late[:5])} open for longer than {RECOVERY_MINUTES:.0f} min"
        return Goal(name=name, target=target, value=mean, met=None, why=why)
    if mean is None:
        return Goal(name=name, target=target, value=None, met=None, why="no restored incident")
    why = f"{mean:.0f} min on average over {len(found.restored)} incidents"
    return Goal(name=name, target=target, value=mean, met=True, why=why)


def _good_days(history: Sequence[Record], window: Window) -> list[date]:
    return [
        window.day_of(r.live_at)
        for r in history
        if r.kind in CHANGES
        and r.result is Result.SUCCESS
        and r.live_at is not None
        and window.holds(r.live_at)
    ]
