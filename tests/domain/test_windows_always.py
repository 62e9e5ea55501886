"""Any calendar at any moment: what the rules say when they are read out, and what always holds."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.closures.windows import (
    Calendar,
    Freeze,
    closed_by,
    in_words,
    judge,
    next_change,
    next_open,
)
from bot.domain.deployments.states import Kind
from bot.domain.gates import Level
from tests.domain.calendars import BERLIN, EVENINGS, EVERY, MINUTE, NIGHTS, OFFICE, SOFT, at, said

YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Nuuk", "Africa/Cairo")
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MINUTES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
HOURS = st.tuples(st.sets(MINUTES, min_size=2, max_size=2).map(sorted), st.booleans()).map(
    lambda drawn: (drawn[0][0], None if drawn[1] else drawn[0][1])
)
RULES = ("friday", "weekend", "holiday", "day_before_holiday", "outside_hours")
INSTANTS = st.integers(0, 365 * 24 * 60 * 60).map(lambda n: YEAR + timedelta(seconds=n))


@st.composite
def freezes(draw: st.DrawFn) -> tuple[Freeze, ...]:
    starts = draw(st.lists(INSTANTS, max_size=2))
    lengths = st.timedeltas(MINUTE, timedelta(days=20))
    return tuple(
        Freeze(name=f"f{n}", start=start, end=start + draw(lengths), warns=draw(st.booleans()))
        for n, start in enumerate(starts)
    )


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    opens, closes = draw(HOURS)
    return Calendar(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        opens=opens,
        closes=closes,
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        holidays=draw(st.frozensets(DAYS, max_size=8)),
        day_before_holiday=draw(st.booleans()),
        freezes=draw(freezes()),
        warns=draw(st.frozensets(st.sampled_from(RULES), max_size=2)),
        preferred=draw(st.none() | HOURS),
    )


def naive(calendar: Calendar, moment: datetime) -> tuple[list[str], list[str]]:
    """The rules once more, as they are read out: what blocks, and what warns."""
    local = moment.astimezone(calendar.zone)
    tomorrow = date.fromordinal(local.toordinal() + 1)
    minute = local.hour * 60 + local.minute
    opens = calendar.opens.hour * 60 + calendar.opens.minute
    closes = calendar.closes.hour * 60 + calendar.closes.minute if calendar.closes else 24 * 60
    listed = local.weekday() in calendar.weekdays
    holiday = local.date() in calendar.holidays
    eve = calendar.day_before_holiday and tomorrow in calendar.holidays and not holiday
    rules = {
        "friday": not listed and local.isoweekday() == 5,
        "weekend": not listed and local.isoweekday() != 5,
        "holiday": holiday,
        "day_before_holiday": eve,
        "outside_hours": minute not in range(opens, closes),
    }
    frozen: dict[bool, list[str]] = {True: [], False: []}
    for f in calendar.freezes:
        frozen[f.warns] += [f"freeze:{f.name}"] if f.start <= moment and f.end > moment else []
    said = [name for name, holds in rules.items() if holds]
    blocks = [name for name in said if name not in calendar.warns] + frozen[False]
    warns = [name for name in said if name in calendar.warns] + frozen[True]
    if calendar.preferred:
        first, last = calendar.preferred
        quiet = range(first.hour * 60 + first.minute, 24 * 60)
        if last:
            quiet = range(quiet.start, last.hour * 60 + last.minute)
        warns += [] if minute in quiet else ["not_preferred"]
    return blocks, warns


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    """Each whole minute after `start` and before `end`."""
    moment = start.replace(second=0, microsecond=0) + MINUTE
    while moment < end:
        yield moment
        moment += MINUTE


def test_a_year_is_judged_as_the_rules_are_read_out() -> None:
    year = [YEAR + n * MINUTE for n in range(365 * 24 * 60)]
    for calendar, every in ((OFFICE, EVERY), (SOFT, 7)):
        wrong = [m for m in year[::every] if said(calendar, m) != naive(calendar, m)]
        assert wrong == []


@given(calendars(), INSTANTS)
def test_the_reasons_are_those_of_the_rules(calendar: Calendar, moment: datetime) -> None:
    assert said(calendar, moment) == naive(calendar, moment)


@given(calendars(), INSTANTS)
@example(NIGHTS, at("2026-03-28T23:00Z"))
@example(EVENINGS, at("2026-10-25T00:30Z"))
def test_the_next_opening_is_open_and_nothing_before_it_is(
    calendar: Calendar, moment: datetime
) -> None:
    opening = next_open(calendar, moment)
    assert opening is not None and opening >= moment
    assert closed_by(calendar, opening) == ()
    assert (opening == moment) is (closed_by(calendar, moment) == ())
    nearest = minutes(moment, min(opening, moment + timedelta(days=2)))
    assert all(closed_by(calendar, before) for before in nearest)
    last = minutes(max(moment, opening - timedelta(days=1)), opening)
    assert all(closed_by(calendar, before) for before in last)


@given(calendars(), INSTANTS)
@example(NIGHTS, at("2026-10-25T00:30Z"))
@example(EVENINGS, at("2026-10-24T23:00Z"))
@example(OFFICE, at("2026-12-17T10:00"))
def test_nothing_changes_before_the_next_change(calendar: Calendar, moment: datetime) -> None:
    change = next_change(calendar, moment)
    end = min(change or YEAR.replace(year=2028), moment + timedelta(days=2))
    assert all(sum_of(calendar, m) == sum_of(calendar, moment) for m in minutes(moment, end))
    assert change is None or sum_of(calendar, change) != sum_of(calendar, moment)


def sum_of(calendar: Calendar, moment: datetime) -> tuple[bool, list[str]]:
    """Whether it is closed, and what it warns of."""
    blocks, warns = naive(calendar, moment)
    return bool(blocks), warns


def test_what_never_closes_never_changes() -> None:
    assert next_change(Calendar(zone=BERLIN), at("2026-11-27T00:00")) is None


@given(calendars(), INSTANTS)
def test_a_rollback_is_never_held_up(calendar: Calendar, moment: datetime) -> None:
    assert closed_by(calendar, moment, Kind.ROLLBACK) == ()
    assert in_words(calendar, moment, Kind.ROLLBACK) == "A rollback is never held up"
    assert judge(calendar, moment, Kind.ROLLBACK).level is Level.PASS


@given(calendars(), INSTANTS, st.sampled_from([k for k in Kind if k is not Kind.ROLLBACK]))
def test_every_other_kind_is_judged_alike(calendar: Calendar, moment: datetime, kind: Any) -> None:
    assert closed_by(calendar, moment, kind) == closed_by(calendar, moment)
