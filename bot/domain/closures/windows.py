"""Windows: when production may change; calendar and instant in, every reason against it out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.deployments.states import Kind
from bot.domain.gates import Level, Verdict

FRIDAY = 4
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LOOK_AHEAD = timedelta(days=400)
"""How far the next opening is searched for; a year with its holidays, and a little more."""

_WORDS = {
    "friday": "Friday",
    "day_before_holiday": "day before a holiday",
    "outside_hours": "outside the hours",
    "not_preferred": "outside the preferred hours",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """A named time without changes, from `start` up to but without `end`; with `warns` it only
    warns.
    """

    name: str
    start: datetime
    end: datetime
    warns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When one environment is open, in the team's own zone.

    `weekdays` are numbers, Monday is 0; the hours are half-open, `closes` None is midnight.
    `warns` are the reasons that only warn. Outside of the `preferred` hours it warns, too.
    """

    zone: ZoneInfo
    opens: time = time(0)
    closes: time | None = None
    weekdays: frozenset[int] = frozenset(range(7))
    holidays: frozenset[date] = frozenset()
    day_before_holiday: bool = False
    freezes: tuple[Freeze, ...] = ()
    warns: frozenset[str] = frozenset()
    preferred: tuple[time, time | None] | None = None


def closed_by(calendar: Calendar, at: datetime, kind: Kind = Kind.RELEASE) -> tuple[str, ...]:
    """Every reason why a deployment may not start at that instant; none for a rollback, ever."""
    if kind is Kind.ROLLBACK:
        return ()
    return tuple(name for name, warns in _reasons(calendar, at) if not warns)


def warned_by(calendar: Calendar, at: datetime) -> tuple[str, ...]:
    """What speaks against a deployment at that instant without stopping it."""
    found = [name for name, warns in _reasons(calendar, at) if warns]
    if calendar.preferred and not _is_within(_minute(calendar, at), *calendar.preferred):
        found.append("not_preferred")
    return tuple(found)


def next_open(calendar: Calendar, at: datetime) -> datetime | None:
    """The first instant from `at` on, in UTC, with nothing against it; None: not within a year."""
    return next((i for i in _candidates(calendar, at) if not closed_by(calendar, i)), None)


def next_change(calendar: Calendar, at: datetime) -> datetime | None:
    """The first instant after `at`, in UTC, at which it opens, closes, or warns of something else;
    None: not within a year.
    """
    now = _standing(calendar, at)
    later = (i for i in _candidates(calendar, at) if i > at)
    return next((i for i in later if _standing(calendar, i) != now), None)


def in_words(calendar: Calendar, at: datetime, kind: Kind = Kind.RELEASE) -> str:
    """One sentence: open, or closed with every reason and the next opening, in the team's zone."""
    if kind is Kind.ROLLBACK:
        return "A rollback is never held up"
    reasons = closed_by(calendar, at)
    if not reasons:
        warnings = _listed(warned_by(calendar, at))
        but = f", but {warnings}" if warnings else ""
        return f"Window open{but} ({_local(calendar, at)})"
    opening = next_open(calendar, at)
    opens = f"opens {_local(calendar, opening)}" if opening else "does not open within a year"
    return f"Closed: {_listed(reasons)}; {opens}"


def _listed(reasons: tuple[str, ...]) -> str:
    """Reasons as people say them: `freeze:winter-sale` is the freeze winter-sale."""
    return ", ".join(_WORDS.get(one, one.replace(":", " ", 1)) for one in reasons)


def judge(calendar: Calendar, at: datetime, kind: Kind) -> Verdict:
    """The verdict of the gate `window`; a hotfix is only warned."""
    text = in_words(calendar, at, kind)
    if kind is Kind.ROLLBACK:
        return Verdict(gate="window", level=Level.PASS, text=text)
    reasons = closed_by(calendar, at, kind)
    if reasons and kind is not Kind.HOTFIX:
        action = "Deploy again when it is open."
        return Verdict(gate="window", level=Level.BLOCK, text=text, action=action, about=reasons)
    is_bad = reasons or warned_by(calendar, at)
    return Verdict(gate="window", level=Level.WARN if is_bad else Level.PASS, text=text)


def _reasons(calendar: Calendar, at: datetime) -> Iterator[tuple[str, bool]]:
    """Every rule that speaks against it, and whether it only warns."""
    for name in _rules(calendar, at):
        yield name, name in calendar.warns
    for freeze in calendar.freezes:
        if freeze.start <= at < freeze.end:
            yield f"freeze:{freeze.name}", freeze.warns


def _rules(calendar: Calendar, at: datetime) -> Iterator[str]:
    local = at.astimezone(calendar.zone)
    today = local.date()
    if local.weekday() not in calendar.weekdays:
        yield "friday" if local.weekday() == FRIDAY else "weekend"
    if today in calendar.holidays:
        yield "holiday"
    elif calendar.day_before_holiday and today + DAY in calendar.holidays:
        yield "day_before_holiday"
    if not _is_within(_minute(calendar, at), calendar.opens, calendar.closes):
        yield "outside_hours"


def _minute(calendar: Calendar, at: datetime) -> time:
    return at.astimezone(calendar.zone).time().replace(second=0, microsecond=0)


def _is_within(minute: time, opens: time, closes: time | None) -> bool:
    """Whether it is between these hours, which are half-open; None is midnight."""
    return opens <= minute and (closes is None or minute < closes)


def _standing(calendar: Calendar, at: datetime) -> tuple[bool, tuple[str, ...]]:
    return bool(closed_by(calendar, at)), warned_by(calendar, at)


def _candidates(calendar: Calendar, at: datetime) -> list[datetime]:
    """The instants at which something may change: now, each day's edges, those of the freezes."""
    first = at.astimezone(calendar.zone).date()
    edges = {time(0), calendar.opens, calendar.closes or time(0)}
    edges.update(edge or time(0) for edge in calendar.preferred or ())
    instants = {at, *(edge for freeze in calendar.freezes for edge in (freeze.start, freeze.end))}
    for day in (first + DAY * n for n in range(LOOK_AHEAD // DAY + 1)):
        for edge in edges:
            instants.update(_occurrences(datetime.combine(day, edge, calendar.zone)))
    return sorted(i.astimezone(UTC) for i in instants if at <= i <= at + LOOK_AHEAD)


def _occurrences(local: datetime) -> Iterator[datetime]:
    """When the clocks show that time: once, except where they are changed across it.

    There it comes twice or never, and something may open at each minute in between: at the change
    as well as at the edge itself.
    """
    one, other = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    start, end = min(one, other), max(one, other)
    return (start + MINUTE * n for n in range((end - start) // MINUTE + 1))


def _local(calendar: Calendar, at: datetime) -> str:
    return f"{at.astimezone(calendar.zone):%A %Y-%m-%d %H:%M} {calendar.zone.key}"
