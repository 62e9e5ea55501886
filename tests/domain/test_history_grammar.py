"""The grammar of /deployments history: what narrows it, in any order; a typo is a refusal."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deployments.searches import Search
from bot.domain.deployments.states import UNFINISHED, Kind, State
from bot.domain.errors import Refusal
from bot.domain.grammar import HistoryWish, parse_history
from bot.domain.grammar.history import KINDS, OUTCOMES

SERVICES = ("app", "api", "Web-Shop")
DAY = date(2024, 3, 1)


@pytest.mark.parametrize(
    ("text", "wish", "words"),
    [
        ("", {}, ""),
        (
            "web-shop prod",
            {"service": "Web-Shop", "environment": "production"},
            "Web-Shop production",
        ),
        ("staging page 2", {"environment": "staging", "page": 2}, "staging"),
        ("FAILED @Ana", {"outcome": "failed", "person": "Ana"}, "failed @Ana"),
        (
            "@Ana Maria Álvarez failed",
            {"outcome": "failed", "person": "Ana Maria Álvarez"},
            "failed @Ana Maria Álvarez",
        ),
        ("<@U0ANA|ana> rollback", {"kind": "rollback", "person": "U0ANA"}, "rollback @U0ANA"),
        ("1.2.1 --app", {"service": "app", "version": "v1.2.1"}, "app v1.2.1"),
        (
            "until 2024–03–01 open since 2024-03-01",
            {"outcome": "open", "since": DAY, "until": DAY},
            "open since 2024-03-01 until 2024-03-01",
        ),
    ],
)
def test_what_narrows_it(text: str, wish: dict[str, Any], words: str) -> None:
    found = parse_history(text, SERVICES)
    assert found == HistoryWish(**wish)
    assert found.words == words
    again = parse_history(f"{words} page {found.page}", SERVICES)
    assert again == found


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("appp", "unknown_word", "Did you mean “app”?"),
        ("faild", "unknown_word", "Did you mean “failed”?"),
        ("rolback", "unknown_word", "Did you mean “rollback”?"),
        ("sinse 2024-03-01", "unknown_word", "Did you mean “since”?"),
        ("xyzzy", "unknown_word", "Known are: app, api, Web-Shop, production"),
        ("app api", "said_twice", "Two services"),
        ("failed open", "said_twice", "Two outcomes"),
        ("@ana @bo", "said_twice", "Two persons"),
        ("@Ana Álvarez @bo", "said_twice", "Two persons"),
        ("@ana faild", "unknown_word", "Did you mean “failed”?"),
        ("@ana failed xyzzy", "unknown_word", "I do not understand “xyzzy”"),
        ("<@U0ANA> xyzzy", "unknown_word", "I do not understand “xyzzy”"),
        ("since 2024-03-01 since 2024-03-01", "said_twice", "Two sinces"),
        ("page 2 page 3", "said_twice", "Two pages"),
        ("page", "no_page", "For example: page 2"),
        ("page 0", "no_page", "For example: page 2"),
        ("page ٣", "no_page", "For example: page 2"),
        ("v1.2", "not_a_version", "A version looks like v1.2.1."),
        ("since", "no_day", "For example: since 2024-03-01"),
        ("until yesterday", "no_day", "For example: until 2024-03-01"),
        ("since 2024-02-30", "no_day", "For example: since 2024-03-01"),
        ("since 0001-01-01", "no_day", "For example: since 2024-03-01"),
        ("until 9999-12-31", "no_day", "For example: until 2024-03-01"),
        ("since 2024-03-02 until 2024-03-01", "ends_before", "The earlier day"),
    ],
)
def test_what_does_not(text: str, code: str, says: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_history(text, SERVICES)
    assert no.value.code == code
    assert says in str(no.value)


def test_both_days_belong_to_it_as_they_are_where_the_team_is() -> None:
    wish = HistoryWish(outcome="failed", kind="hotfix", since=DAY, until=DAY)
    assert wish.search("U0ANA", ZoneInfo("Europe/Berlin")) == Search(
        states=frozenset({State.FAILED}),
        kind=Kind.HOTFIX,
        person="U0ANA",
        since=datetime(2024, 2, 29, 23, tzinfo=UTC),
        before=datetime(2024, 3, 1, 23, tzinfo=UTC),
    )


def test_every_state_has_its_word() -> None:
    assert set().union(*OUTCOMES.values()) == set(State)
    assert set(KINDS) == set(Kind)
    assert OUTCOMES["open"] == UNFINISHED


@given(st.text(max_size=40))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        wish = parse_history(text, SERVICES)
    except Refusal:
        return
    assert parse_history(wish.words, SERVICES).words == wish.words
