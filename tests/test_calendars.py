"""Windows in gonogo.yaml: what they come to, and what is refused with its line."""

from datetime import date, datetime, time
from typing import Any

import pytest
import yaml
from inline_snapshot import snapshot

from bot import config
from bot.config import ConfigError
from bot.domain.closures.windows import Calendar

NOVEMBER = datetime.fromisoformat("2026-11-27T09:00:00+00:00")


def calendar(at: datetime = NOVEMBER, **window: Any) -> Calendar:
    """What a window of production comes to."""
    services = {"app": {"repo": "acme/app", "windows": {"production": window}}}
    found = config.parse(yaml.safe_dump({"services": services}))
    made = found.calendar("app", "production", at)
    assert made is not None
    return made


def mistakes(window: str) -> list[str]:
    """What is wrong with this window, which begins on line 5."""
    lines = "".join(f"        {line}\n" for line in window.splitlines())
    text = f"services:\n  app:\n    repo: acme/app\n    windows:\n      production:\n{lines}"
    with pytest.raises(ConfigError) as wrong:
        config.parse(text)
    shortened = (one.replace("services.app.windows.", "") for one in wrong.value.problems)
    return [one.removeprefix("gonogo.yaml ").replace("production.", "") for one in shortened]


def test_the_contracts_own_example_loads_by_itself() -> None:
    found = config.parse("""\
services: {app: {repo: acme/app, windows: {production: {tz: Europe/Berlin,
  hours: ["09:00", "17:00"], weekdays: [mon, tue, wed, thu], country: DE, subdivision: BE,
  days: ["2026-12-24"], day_before_holiday: true, freezes: [{name: year-end,
  start: 2026-12-18T00:00+01:00, end: 2027-01-04T00:00:00+01:00}]}}}}
""")
    made = found.calendar("app", "production", NOVEMBER)
    assert made is not None
    assert (made.zone.key, made.opens, made.closes) == ("Europe/Berlin", time(9), time(17))
    assert made.weekdays == {0, 1, 2, 3} and made.day_before_holiday
    assert {date(2026, 12, 24), date(2026, 12, 25), date(2027, 3, 8)} <= made.holidays
    [freeze] = made.freezes
    assert (freeze.name, freeze.start.isoformat()) == ("year-end", "2026-12-18T00:00:00+01:00")
    assert freeze.end.isoformat() == "2027-01-04T00:00:00+01:00"


def test_nothing_said_is_always_open() -> None:
    assert calendar() == Calendar(zone=calendar().zone)
    assert calendar().zone.key == "UTC"


def test_where_no_window_is_nothing_is_limited() -> None:
    found = config.parse("services: {app: {repo: acme/app, windows: {production: {}}}}")
    assert found.calendar("app", "staging", NOVEMBER) is None
    assert found.calendar("other", "production", NOVEMBER) is None


def test_the_holidays_are_those_of_the_place() -> None:
    womens_day = date(2027, 3, 8)  # in Berlin, and not in Bavaria
    assert womens_day in calendar(country="DE", subdivision="BE").holidays
    assert womens_day not in calendar(country="DE", subdivision="BY").holidays
    assert womens_day not in calendar(country="DE").holidays


def test_the_holidays_reach_as_far_as_the_search_for_an_opening() -> None:
    eve = datetime.fromisoformat("2025-12-31T23:30:00+00:00")
    years = {day.year for day in calendar(eve, country="DE").holidays}
    assert years == {2025, 2026, 2027, 2028}
    assert min(day.year for day in calendar(eve, country="DE", tz="Asia/Tokyo").holidays) == 2026


def test_the_year_is_that_of_the_zone() -> None:
    still_2026 = datetime.fromisoformat("2027-01-01T03:00:00+00:00")
    made = calendar(still_2026, country="US", tz="America/New_York")
    assert date(2026, 12, 25) in made.holidays


def test_days_and_instants_may_be_quoted_or_not() -> None:
    quoted = 'days: ["2026-12-24", 2026-12-31]'
    text = f"services: {{app: {{repo: acme/app, windows: {{production: {{{quoted}}}}}}}}}"
    made = config.parse(text).calendar("app", "production", NOVEMBER)
    assert made is not None and made.holidays == {date(2026, 12, 24), date(2026, 12, 31)}


def test_every_mistake_is_told_with_its_line() -> None:
    window = """\
tz: Europe/Berln
hours: ["9:00", "25:00"]
weekdays: [mon, friday]
country: XX
subdivision: BE
days: ["24.12.2026", 2026-12-24T10:00:00Z, 17]
freezes:
  - {name: "", start: 2026-12-18, end: 2026}
  - name: sale
    start: 2026-11-27T00:00:00Z
    end: 2026-11-27T00:00:00Z
day_befor_holiday: true
"""
    assert mistakes(window) == snapshot(
        [
            "line 6: tz: is no time zone; did you mean “Europe/Berlin”?",
            "line 7: hours.0: must be a time of the day: 09:00",
            "line 7: hours.1: must be a time of the day: 09:00",
            "line 8: weekdays.1: must be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun'",
            "line 9: country: is no country whose holidays I know",
            "line 11: days.0: must be a day: 2026-12-24",
            "line 11: days.1: must be a day: 2026-12-24",
            "line 11: days.2: must be a day: 2026-12-24",
            "line 13: freezes.0.end: must be a time with its offset: 2026-12-18T00:00:00+01:00",
            "line 13: freezes.0.name: must be one line of at most 60 characters",
            "line 13: freezes.0.start: must be a time with its offset: 2026-12-18T00:00:00+01:00",
            "line 16: freezes.1.end: must be after its start",
            "line 17: day_befor_holiday: unknown setting; did you mean “day_before_holiday”?",
        ]
    )


@pytest.mark.parametrize(
    ("window", "told"),
    [
        ('hours: ["17:00", "09:00"]', "hours: must begin before they end, on the same day"),
        ('hours: ["09:00", "09:00"]', "hours: must begin before they end, on the same day"),
        ('hours: ["24:00", "24:00"]', "hours: must begin before they end, on the same day"),
        ("hours: [09:00, 17:00]", "hours.1: must be a text, in quotes"),
        ('hours: ["09:00"]', "hours.1: is missing"),
        ("weekdays: []", "weekdays: Tuple should have at least 1 item after validation, not 0"),
        ("subdivision: BE", "subdivision: needs a country"),
        ("country: de", "country: is no country whose holidays I know; did you mean “DE”?"),
        ("country: NO", "country: must be a text, in quotes"),
        ("country: HolidayBase", "country: is no country whose holidays I know"),
        ("{country: AT, subdivision: 10}", "subdivision: must be a text, in quotes"),
        (
            '{country: AT, subdivision: "10"}',
            "subdivision: must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9",
        ),
        ("{country: VA, subdivision: X}", "subdivision: VA has no parts"),
        ("tz: ../etc/passwd", "tz: is no time zone"),
        ("tz: europe/berlin", "tz: is no time zone; did you mean “Europe/Berlin”?"),
        ("tz: 1", "tz: must be a text, in quotes"),
    ],
)
def test_a_mistake_says_what_to_write(window: str, told: str) -> None:
    assert mistakes(window) == [f"line 6: {told}"]


def test_only_production_has_windows() -> None:
    with pytest.raises(ConfigError, match=r"windows\.staging: must be 'production'"):
        config.parse("services: {app: {repo: acme/app, windows: {staging: {}}}}")
