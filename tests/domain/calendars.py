"""Calendars of an office, in several zones, for tests of windows."""

import os
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.closures.windows import (
    Calendar,
    Freeze,
    closed_by,
    warned_by,
)

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
EVERY = int(os.environ.get("GONOGO_MINUTES", "7"))
"""Every so many minutes of a year are tried. Seven divides neither an hour nor a day, so that each
minute of the day has its turn; CI tries them all.
"""


def at(text: str) -> datetime:
    """An instant, from the time in Berlin unless the text has an offset."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=BERLIN)


def freeze(name: str, start: str, end: str) -> Freeze:
    return Freeze(name=name, start=at(start), end=at(end))


OFFICE = Calendar(
    zone=BERLIN,
    opens=time(9),
    closes=time(17),
    weekdays=frozenset(range(4)),
    holidays=frozenset({date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}),
    day_before_holiday=True,
    freezes=(freeze("year-end", "2026-12-18T00:00+01:00", "2027-01-04T00:00+01:00"),),
)
ANY_DAY = Calendar(zone=BERLIN, opens=time(9), closes=time(17))
NIGHTS = Calendar(zone=BERLIN, opens=time(2, 30), closes=time(4))
EVENINGS = Calendar(zone=BERLIN, closes=time(2, 30))
EASTER = replace(
    OFFICE, holidays=frozenset({date(2026, 4, 3), date(2026, 4, 6)}), weekdays=frozenset(range(7))
)

SOFT = replace(
    OFFICE,
    weekdays=frozenset(range(5)) - {4},
    warns=frozenset({"friday", "day_before_holiday"}),
    preferred=(time(9), time(11)),
    freezes=(*OFFICE.freezes, Freeze(name="away", start=at("2026-11-23T00:00"),
                                     end=at("2026-11-24T00:00"), warns=True)),
)  # fmt: skip


def said(calendar: Calendar, moment: datetime) -> tuple[list[str], list[str]]:
    return [*closed_by(calendar, moment)], [*warned_by(calendar, moment)]
