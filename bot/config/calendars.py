"""Calendars: windows and freezes as gonogo.yaml tells them, made into the domain's Calendar."""

from datetime import date, datetime, time
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from bot.config.part import Part, shape
from bot.domain.closures.windows import LOOK_AHEAD, Calendar, Freeze

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = "24:00"
Rule = Literal["friday", "weekend", "holiday", "day_before_holiday", "outside_hours"]


def _text(value: object) -> object:
    if not isinstance(value, str):  # YAML reads 17:00 as a number, and NO and ON as no and on
        raise ValueError("must be a text, in quotes")
    return value


def _day(value: object) -> date:
    try:
        return value if type(value) is date else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("must be a day: 2026-12-24") from None


def _instant(value: object) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("must be a time with its offset: 2026-12-18T00:00:00+01:00")
    return moment


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"is no time zone{_or_rather(name, available_timezones())}")
    return name


def _country(code: str) -> str:
    from holidays import list_supported_countries  # costs 0.1 s, and few files name a country

    known = list_supported_countries()
    if code not in known:
        raise ValueError(f"is no country whose holidays I know{_or_rather(code, set(known))}")
    return code


def _parts(country: str) -> str:
    from holidays import list_supported_countries

    parts = list_supported_countries()[country]
    return f"must be one of {', '.join(parts)}" if parts else f"{country} has no parts"


def _or_rather(name: str, known: set[str]) -> str:
    # A code of two letters has no near miss but its other letter case.
    close = [name.upper()] if name.upper() in known else get_close_matches(name, sorted(known), n=1)
    return f"; did you mean “{close[0]}”?" if close else ""


Text = Annotated[str, BeforeValidator(_text)]
Minute = Annotated[Text, shape(r"([01]\d|2[0-3]):[0-5]\d|24:00", "a time of the day: 09:00")]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Zone = Annotated[Text, AfterValidator(_zone)]
Country = Annotated[Text, AfterValidator(_country)]


class FreezeConfig(Part):
    """A named time in which production does not change, from `start` up to but without `end`."""

    name: Annotated[Text, shape(r"\S(.{0,58}\S)?", "one line of at most 60 characters")]
    start: Instant
    end: Instant
    level: Literal["block", "warn"] = "block"

    @field_validator("end")
    @classmethod
    def _ends_after_its_start(cls, end: datetime, info: ValidationInfo) -> datetime:
        start = info.data.get("start")
        if start is not None and end <= start:
            raise ValueError("must be after its start")
        return end


class WindowConfig(Part):
    """When production may change."""

    tz: Zone = "UTC"
    hours: tuple[Minute, Minute] = ("00:00", MIDNIGHT)
    weekdays: tuple[Weekday, ...] = Field(default=WEEKDAYS, min_length=1)
    country: Country | None = Field(default=None, description="whose public holidays count")
    subdivision: Text | None = Field(default=None, description="and those of which part of it")
    days: tuple[Day, ...] = Field(default=(), description="the company's own holidays")
    day_before_holiday: bool = False
    freezes: tuple[FreezeConfig, ...] = ()
    preferred: tuple[Minute, Minute] | None = Field(
        default=None, description="hours of low traffic; outside of them it warns"
    )
    warn: tuple[Rule, ...] = Field(default=(), description="reasons that warn and do not block")

    @field_validator("hours", "preferred")
    @classmethod
    def _begin_before_they_end(cls, hours: tuple[str, str] | None) -> tuple[str, str] | None:
        if hours is not None and hours[0] >= hours[1]:
            raise ValueError("must begin before they end, on the same day")
        return hours

    @field_validator("subdivision")
    @classmethod
    def _is_part_of_the_country(cls, part: str | None, info: ValidationInfo) -> str | None:
        if part is None or "country" not in info.data:
            return part
        if info.data["country"] is None:
            raise ValueError("needs a country")
        try:
            _public_holidays(info.data["country"], part, 2024)
        except NotImplementedError:  # what `holidays` raises for a part that it does not know
            raise ValueError(_parts(info.data["country"])) from None
        return part

    def calendar(self, at: datetime) -> Calendar:
        """The calendar with every holiday that matters from `at` on."""
        local = at.astimezone(ZoneInfo(self.tz)).date()
        years = range(local.year, (local + LOOK_AHEAD).year + 2)
        public = (_public_holidays(self.country, self.subdivision, year) for year in years)
        opens, closes = _span(self.hours)
        return Calendar(
            zone=ZoneInfo(self.tz),
            opens=opens,
            closes=closes,
            weekdays=frozenset(map(WEEKDAYS.index, self.weekdays)),
            holidays=frozenset(self.days).union(*public),
            day_before_holiday=self.day_before_holiday,
            freezes=tuple(
                Freeze(name=f.name, start=f.start, end=f.end, warns=f.level == "warn")
                for f in self.freezes
            ),
            warns=frozenset(self.warn),
            preferred=_span(self.preferred) if self.preferred else None,
        )


def _span(hours: tuple[str, str]) -> tuple[time, time | None]:
    """The hours as times of the day; None is midnight."""
    opens, closes = hours
    return time.fromisoformat(opens), None if closes == MIDNIGHT else time.fromisoformat(closes)


@cache
def _public_holidays(country: str | None, subdivision: str | None, year: int) -> frozenset[date]:
    if country is None:
        return frozenset()
    from holidays import country_holidays

    return frozenset(country_holidays(country, subdiv=subdivision, years=year))
