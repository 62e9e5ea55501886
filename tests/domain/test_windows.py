"""Windows: every edge of the calendar, in the team's own zone and across changes of the clocks."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.closures.windows import (
    Calendar,
    closed_by,
    judge,
    next_open,
)
from bot.domain.deployments.states import Kind
from bot.domain.gates import Level
from tests.domain.calendars import (
    ANY_DAY,
    BERLIN,
    EASTER,
    EVENINGS,
    NIGHTS,
    OFFICE,
    SOFT,
    at,
    freeze,
    said,
)

AFTER_THE_YEAR = "2027-01-04T09:00"


@pytest.mark.parametrize(
    ("moment", "reasons", "opens"),
    [
        # an open day: the hours are half-open, and seconds do not count
        ("2026-11-26T08:59", "outside_hours", "2026-11-26T09:00"),
        ("2026-11-26T08:59:59.999999", "outside_hours", "2026-11-26T09:00"),
        ("2026-11-26T09:00", "", ""),
        ("2026-11-26T16:59", "", ""),
        ("2026-11-26T16:59:59.999999", "", ""),
        ("2026-11-26T17:00", "outside_hours", "2026-11-30T09:00"),
        ("2026-11-25T17:00", "outside_hours", "2026-11-26T09:00"),
        # the day and the hour are those of the zone, whatever zone the instant is told in
        ("2026-11-26T23:30Z", "friday outside_hours", "2026-11-30T09:00"),
        ("2026-11-26T18:00+10:00", "", ""),
        # closed days, within the hours and outside
        ("2026-11-27T10:00", "friday", "2026-11-30T09:00"),
        ("2026-11-28T10:00", "weekend", "2026-11-30T09:00"),
        ("2026-11-29T23:59:59", "weekend outside_hours", "2026-11-30T09:00"),
        ("2026-11-30T00:00", "outside_hours", "2026-11-30T09:00"),
        # the end of the year
        ("2026-12-17T10:00", "", ""),
        ("2026-12-18T00:00", "friday outside_hours freeze:year-end", AFTER_THE_YEAR),
        ("2026-12-24T10:00Z", "day_before_holiday freeze:year-end", AFTER_THE_YEAR),
        ("2026-12-25T10:00", "friday holiday freeze:year-end", AFTER_THE_YEAR),
        ("2026-12-26T20:00", "weekend holiday outside_hours freeze:year-end", AFTER_THE_YEAR),
        ("2026-12-31T10:00", "day_before_holiday freeze:year-end", AFTER_THE_YEAR),
        ("2027-01-03T22:59:59Z", "weekend outside_hours freeze:year-end", AFTER_THE_YEAR),
        ("2027-01-03T23:00Z", "outside_hours", AFTER_THE_YEAR),
        # the Mondays after the clocks changed
        ("2026-10-26T07:30Z", "outside_hours", "2026-10-26T08:00Z"),
        ("2026-10-26T08:00Z", "", ""),
        ("2026-03-26T08:00Z", "", ""),
        ("2026-03-30T06:59Z", "outside_hours", "2026-03-30T07:00Z"),
        ("2026-03-30T07:00Z", "", ""),
    ],
)
def test_every_edge_of_office_hours(moment: str, reasons: str, opens: str) -> None:
    assert closed_by(OFFICE, at(moment)) == tuple(reasons.split())
    assert next_open(OFFICE, at(moment)) == at(opens or moment)
    assert (judge(OFFICE, at(moment), Kind.RELEASE).level is Level.BLOCK) is bool(reasons)


@pytest.mark.parametrize(
    ("moment", "reasons", "opens"),
    [
        ("2026-04-02T10:00", "day_before_holiday", "2026-04-04T09:00"),  # Thursday before
        ("2026-04-03T10:00", "holiday", "2026-04-04T09:00"),  # Good Friday, where Fridays are open
        ("2026-04-04T10:00", "", ""),  # Saturday: the next calendar day is no holiday
        ("2026-04-05T10:00", "day_before_holiday", "2026-04-07T09:00"),  # the Sunday is marked
        ("2026-04-06T10:00", "holiday", "2026-04-07T09:00"),
    ],
)
def test_the_day_before_is_the_calendar_day_before(moment: str, reasons: str, opens: str) -> None:
    assert closed_by(EASTER, at(moment)) == tuple(reasons.split())
    assert next_open(EASTER, at(moment)) == at(opens or moment)


def test_a_holiday_before_a_holiday_is_a_holiday() -> None:
    both = replace(EASTER, holidays=frozenset({date(2026, 4, 6), date(2026, 4, 7)}))
    assert closed_by(both, at("2026-04-06T10:00")) == ("holiday",)


def test_without_the_option_the_day_before_is_open() -> None:
    calm = replace(EASTER, day_before_holiday=False)
    assert closed_by(calm, at("2026-04-02T10:00")) == ()


def test_a_closed_monday_is_called_weekend() -> None:
    late = replace(ANY_DAY, weekdays=frozenset({1, 2, 3, 4}))
    assert closed_by(late, at("2026-11-30T10:00")) == ("weekend",)
    assert closed_by(late, at("2026-11-27T10:00")) == ()


@pytest.mark.parametrize(
    ("calendar", "moment", "opens"),
    [
        # 2026-03-29: 02:00 becomes 03:00; an opening at 02:30 is the change itself
        (NIGHTS, "2026-03-29T00:59:59Z", "2026-03-29T01:00Z"),
        # 2026-10-25: 03:00 becomes 02:00; from 02:30 on it is open, closed, and open again
        (NIGHTS, "2026-10-25T00:29Z", "2026-10-25T00:30Z"),
        (NIGHTS, "2026-10-25T00:59:59Z", "2026-10-25T00:59:59Z"),
        (NIGHTS, "2026-10-25T01:00Z", "2026-10-25T01:30Z"),
        (NIGHTS, "2026-10-25T03:00Z", "2026-10-26T01:30Z"),
        # what closes at 02:30 is open again when the clocks go back to 02:00
        (EVENINGS, "2026-10-25T00:29Z", "2026-10-25T00:29Z"),
        (EVENINGS, "2026-10-25T00:30Z", "2026-10-25T01:00Z"),
        (EVENINGS, "2026-10-25T01:30Z", "2026-10-25T23:00Z"),
    ],
)
def test_what_opens_and_closes_while_the_clocks_change(
    calendar: Calendar, moment: str, opens: str
) -> None:
    assert next_open(calendar, at(moment)) == at(opens)


def test_midnight_to_midnight_is_always() -> None:
    whole = Calendar(zone=BERLIN)
    assert (
        closed_by(whole, at("2026-11-27T00:00")) == closed_by(whole, at("2026-11-28T23:59")) == ()
    )


def test_freezes_come_in_the_calendars_order_and_end_to_the_second() -> None:
    sale = freeze("sale", "2026-11-24T10:00:30+01:00", "2026-11-24T12:00:30+01:00")
    move = freeze("move", "2026-11-24T09:00Z", "2026-11-24T10:00Z")
    busy = replace(OFFICE, freezes=(sale, move))
    assert closed_by(busy, at("2026-11-24T10:00:29")) == ("freeze:move",)
    assert closed_by(busy, at("2026-11-24T10:00:30")) == ("freeze:sale", "freeze:move")
    assert closed_by(busy, at("2026-11-24T12:00:29")) == ("freeze:sale",)
    assert next_open(busy, at("2026-11-24T10:00")) == at("2026-11-24T12:00:30")


def test_what_stays_closed_for_a_year_has_no_next_opening() -> None:
    never = replace(OFFICE, freezes=(freeze("sold", "2026-01-01T00:00Z", "2030-01-01T00:00Z"),))
    assert next_open(never, at("2026-06-01T10:00")) is None
    found = judge(never, at("2026-06-01T10:00"), Kind.RELEASE)
    assert found.text == "Closed: freeze sold; does not open within a year"


def test_the_verdict_names_all_reasons_and_the_next_opening() -> None:
    found = judge(OFFICE, at("2026-11-26T23:30Z"), Kind.RELEASE)
    assert (found.gate, found.level) == ("window", Level.BLOCK)
    assert (
        found.text
        == "Closed: Friday, outside the hours; opens Monday 2026-11-30 09:00 Europe/Berlin"
    )
    assert found.action == "Deploy again when it is open."
    assert found.about == ("friday", "outside_hours")


def test_the_verdict_of_an_open_window_says_when_it_looked() -> None:
    found = judge(OFFICE, at("2026-11-26T15:30Z"), Kind.RELEASE)
    assert (found.level, found.action) == (Level.PASS, "")
    assert found.text == "Window open (Thursday 2026-11-26 16:30 Europe/Berlin)"


@pytest.mark.parametrize(
    ("moment", "blocked", "warned"),
    [
        ("2026-11-26T10:00", "", ""),
        ("2026-11-26T10:59:59", "", ""),
        ("2026-11-26T11:00", "", "not_preferred"),
        ("2026-11-26T08:59", "outside_hours", "not_preferred"),
        ("2026-11-27T09:00", "", "friday"),
        ("2026-11-27T12:00", "", "friday not_preferred"),
        ("2026-11-28T09:00", "weekend", ""),
        ("2026-11-22T23:59", "weekend outside_hours", "not_preferred"),
        ("2026-11-23T00:00", "outside_hours", "freeze:away not_preferred"),
        ("2026-11-23T10:00", "", "freeze:away"),
        ("2026-11-24T10:00", "", ""),
        ("2026-12-24T10:00", "freeze:year-end", "day_before_holiday"),
        ("2026-12-25T10:00", "holiday freeze:year-end", "friday"),
    ],
)
def test_each_rule_blocks_or_warns_by_itself(moment: str, blocked: str, warned: str) -> None:
    assert said(SOFT, at(moment)) == (blocked.split(), warned.split())
    level = Level.BLOCK if blocked else Level.WARN if warned else Level.PASS
    assert judge(SOFT, at(moment), Kind.RELEASE).level is level


def test_a_warning_is_said_with_the_open_window() -> None:
    found = judge(SOFT, at("2026-11-27T12:00"), Kind.RELEASE)
    assert found.text == (
        "Window open, but Friday, outside the preferred hours "
        "(Friday 2026-11-27 12:00 Europe/Berlin)"
    )
    assert found.action == ""


def test_a_hotfix_is_only_warned() -> None:
    found = judge(OFFICE, at("2026-11-27T10:00"), Kind.HOTFIX)
    assert (found.level, found.action) == (Level.WARN, "")
    assert found.text == "Closed: Friday; opens Monday 2026-11-30 09:00 Europe/Berlin"
    assert judge(OFFICE, at("2026-11-26T10:00"), Kind.HOTFIX).level is Level.PASS
