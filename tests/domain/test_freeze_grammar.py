"""What admins type to freeze: days and times in the team's zone, a name of several words."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refusal
from bot.domain.grammar import FreezeWish, LiftWish, parse_freeze

SERVICES = ("app", "Web-Shop")


def zone(service: str | None) -> tzinfo:
    return ZoneInfo("America/New_York" if service == "Web-Shop" else "Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "name", "service", "start", "end"),
    [
        ("sale from 2026-11-27 to 2026-11-29", "sale", None,
         "2026-11-27T00:00+01:00", "2026-11-30T00:00+01:00"),
        ("sale from 2026-11-27 to 2026-11-27", "sale", None,
         "2026-11-27T00:00+01:00", "2026-11-28T00:00+01:00"),
        ("team away FROM 2026-11-27 08:00 TO 2026-11-27 20:00 app", "team away", "app",
         "2026-11-27T08:00+01:00", "2026-11-27T20:00+01:00"),
        ("away from home to work from 2026-11-27 to 2026-11-28 WEB-shop",
         "away from home to work", "Web-Shop",
         "2026-11-27T00:00-05:00", "2026-11-29T00:00-05:00"),
        ("“year end” from 2026-12-18T12:00Z to 2027-01-04T00:00+01:00", "year end", None,
         "2026-12-18T12:00Z", "2027-01-03T23:00Z"),
        # a day is as long as the clocks make it
        ("spring from 2026-03-29 to 2026-03-29", "spring", None,
         "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"),
        ("autumn from 2026-10-25 to 2026-10-25", "autumn", None,
         "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00"),
        ("lifted goods from 2026-11-27 to 2026-11-28", "lifted goods", None,
         "2026-11-27T00:00+01:00", "2026-11-29T00:00+01:00"),
    ],
)  # fmt: skip
def test_what_is_frozen(text: str, name: str, service: str | None, start: str, end: str) -> None:
    assert parse_freeze(text, SERVICES, zone) == FreezeWish(
        name=name,
        service=service,
        start=datetime.fromisoformat(start),
        end=datetime.fromisoformat(end),
    )


@pytest.mark.parametrize("text", ["lift team away", "LIFT “team  away”"])
def test_what_is_lifted(text: str) -> None:
    assert parse_freeze(text, SERVICES, zone) == LiftWish(name="team away")


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("", "no_span", "/deployments freeze year-end from 2026-12-18 to 2027-01-04"),
        ("sale", "no_span", "From when to when?"),
        ("sale from friday to monday", "no_span", "From when to when?"),
        ("sale from 2026-11-27", "no_span", "From when to when?"),
        ("sale form 2026-11-27 to 2026-11-28", "no_span", "From when to when?"),
        ("from 2026-11-27 to 2026-11-28", "no_name", "What is it called?"),
        ("lift", "no_name", "/deployments locks lists them"),
        ("s" * 61 + " from 2026-11-27 to 2026-11-28", "name_too_long", "60 characters"),
        ("sale from 2026-11-27 to 2026-11-26", "ends_before", "end before it begins"),
        ("sale from 2026-11-27 08:00 to 2026-11-27 08:00", "ends_before", "before it begins"),
        ("sale from 2026-11-31 to 2026-12-02", "not_a_time", "“2026-11-31” is no time."),
        ("sale from 2026-11-27 25:00 to 2026-12-02", "not_a_time", "Write 2026-12-18"),
        ("sale from 2026-11-27 to 2026-12-02 ap", "unknown_word", "Did you mean “app”?"),
        ("sale from 2026-11-27 to 9999-12-31", "not_a_time", "“9999-12-31” is no time."),
    ],
)
def test_what_is_not_frozen(text: str, code: str, says: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_freeze(text, SERVICES, zone)
    assert (no.value.code, says in str(no.value)) == (code, True), str(no.value)
