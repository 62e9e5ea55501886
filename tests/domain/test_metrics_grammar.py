"""`/deployments metrics`: what is understood, and what is told to whoever mistypes it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refusal
from bot.domain.grammar import MetricsWish, parse_metrics

NOW = datetime(2024, 3, 26, 10, tzinfo=UTC)


def day(month: int, number: int) -> datetime:
    return datetime(2024, month, number, tzinfo=UTC)


FOUR_WEEKS = (day(2, 28), day(3, 27))


@pytest.mark.parametrize(
    ("text", "service", "environment", "span"),
    [
        ("", None, None, FOUR_WEEKS),
        ("app", "app", None, FOUR_WEEKS),
        ("APP Prod", "app", "production", FOUR_WEEKS),
        ("--staging web", "web", "staging", FOUR_WEEKS),
        ("2024-03-01..2024-03-15", None, None, (day(3, 1), day(3, 15))),
        ("app 2024-03-01…2024-03-15", "app", None, (day(3, 1), day(3, 15))),
        ("2024-03-01..", None, None, (day(3, 1), day(3, 27))),
        ("..2024-03-15", None, None, (day(2, 16), day(3, 15))),
        ("2024-03-26..", None, None, (day(3, 26), day(3, 27))),
    ],
)
def test_what_is_understood(
    text: str, service: str | None, environment: str | None, span: tuple[datetime, datetime]
) -> None:
    start, end = span
    wish = MetricsWish(service=service, environment=environment, start=start, end=end)
    assert parse_metrics(text, ["app", "web"], NOW, UTC) == wish


def test_days_begin_at_midnight_of_the_team_through_a_change_of_its_clocks() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    wish = parse_metrics("2024-03-31..2024-04-01", ["app"], NOW, berlin)
    assert (wish.start, wish.end) == (day(3, 30).replace(hour=23), day(3, 31).replace(hour=22))
    late = datetime(2024, 4, 10, 23, tzinfo=UTC)  # the day after it, in Berlin
    usual = parse_metrics("", ["app"], late, berlin)
    assert (usual.start, usual.end) == (day(3, 14).replace(hour=23), day(4, 11).replace(hour=22))


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("ap", "unknown_word", "Did you mean “app”?"),
        ("xyz", "unknown_word", "Known are: app, web, production, prod, staging."),
        ("app web", "said_twice", "Two services"),
        ("prod staging", "said_twice", "Two environments"),
        ("2024-03-01.. 2024-03-02..", "said_twice", "Two spans"),
        ("2024-03-01", "no_span", "“2024-03-01” is no span of time."),
        ("2024-13-01..2024-14-01", "no_span", "is no span of time"),
        ("march..april", "no_span", "2024-03-01..2024-04-01"),
        ("2024-03-15..2024-03-15", "ends_before", "would end before it begins"),
        ("2024-03-28..", "ends_before", "would end before it begins"),
        ("2020-01-01..2024-01-01", "span_too_long", "Two years at most"),
        ("0001-01-01..0001-01-02", None, ""),
        ("..0001-01-02", "no_span", "is no span of time"),
    ],
)
def test_what_is_refused_says_what_to_type(text: str, code: str | None, told: str) -> None:
    if code is None:
        parse_metrics(text, ["app", "web"], NOW, UTC)
        return
    with pytest.raises(Refusal) as refused:
        parse_metrics(text, ["app", "web"], NOW, UTC)
    assert refused.value.code == code
    assert told in str(refused.value)
