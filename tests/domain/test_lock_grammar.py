"""What people type to lock and unlock: a typo changes nothing and gets a suggestion."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.grammar import LockWish, UnlockWish, parse_lock, parse_unlock
from bot.domain.spans import parse_span, span

SERVICES = ("app", "Web-Shop")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("because moving", {}),
        ("production because moving", {"environment": "production"}),
        ("app because moving", {"service": "app"}),
        ("WEB-SHOP prod for 2h because moving",
         {"service": "Web-Shop", "environment": "production", "length": 2 * HOUR}),
        ("production --for 2h “moving”", {"environment": "production", "length": 2 * HOUR}),
        ("production —for 90min 'moving'", {"environment": "production", "length": 1.5 * HOUR}),
        ("for 2 hours because moving", {"length": 2 * HOUR}),
        ("for 1d because moving", {"length": 24 * HOUR}),
        ("for 30 days because moving", {"length": 720 * HOUR}),
        ("for 1h30m because: moving", {"length": 1.5 * HOUR}),
        ("“production” because moving", {"environment": "production"}),
        ("“app production” for '2h' “moving”",
         {"service": "app", "environment": "production", "length": 2 * HOUR}),
        ("because app", {"reason": "app"}),
        ("production “the app”", {"environment": "production", "reason": "the app"}),
    ],
)  # fmt: skip
def test_what_is_locked(text: str, wish: dict[str, Any]) -> None:
    assert parse_lock(text, SERVICES) == LockWish(**{"reason": "moving", **wish})


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("", "no_reason", "/deployments lock production for 2h because of database maintenance"),
        ("app for 2h", "no_reason", "Whoever wants to deploy reads it."),
        ("prodution because moving", "unknown_word", "Did you mean “production”?"),
        ("ap because moving", "unknown_word", "Did you mean “app”?"),
        ("app becuase moving", "unknown_word", "Did you mean “because”?"),
        ("app fro 2h because moving", "unknown_word", "Did you mean “for”?"),
        ("xyzzy because moving", "unknown_word", "Known are: app, Web-Shop, production"),
        ("app app because moving", "said_twice", "Two services"),
        ("prod staging because moving", "said_twice", "Two environments"),
        ("for because moving", "no_length", "for 2h, for 30m, for 1d"),
        ("for 2 because moving", "no_length", "For how long?"),
        ("for 0h because moving", "no_length", "For how long?"),
        ("for ٣h because moving", "no_length", "For how long?"),
        ("for 2h app because moving", "no_length", "For how long?"),
        ("for 31d because moving", "lock_too_long", "30 days. For longer, an admin sets a freeze"),
        ("app because", "empty_reason", "needs a reason"),
        ("“production”", "no_reason", "Why?"),
        ("'app production'", "no_reason", "Why?"),
        ("app “for 2h”", "no_reason", "Why?"),
        ("“prodution”", "unknown_word", "Did you mean “production”?"),
        ("app “prodution”", "unknown_word", "Did you mean “production”?"),
        ("“ ”", "empty_reason", "needs a reason"),
        ("“L1”", "unknown_word", "I do not understand “L1”"),
    ],
)
def test_what_is_not_locked(text: str, code: str, says: str) -> None:
    with pytest.raises(Refusal) as no:
        parse_lock(text, SERVICES)
    assert (no.value.code, says in str(no.value)) == (code, True), str(no.value)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", {}),
        ("L3", {"lock": 3}),
        ("l12", {"lock": 12}),
        ("app", {"service": "app"}),
        ("app prod", {"service": "app", "environment": "production"}),
        ("“L1”", {"lock": 1}),
        ("'app' “production”", {"service": "app", "environment": "production"}),
        ("“app production”", {"service": "app", "environment": "production"}),
        ("L3 “it is done”", {"lock": 3}),
        ("because it is done", {}),
    ],
)
def test_what_is_unlocked(text: str, wish: dict[str, Any]) -> None:
    assert parse_unlock(text, SERVICES) == UnlockWish(**wish)


@pytest.mark.parametrize(
    "text",
    [
        *("D3", "L", "L3 app", "prodution", "L" + "9" * 10),
        *("“it is done”", "“D3”", "“L3 app”", "“prodution”", "L3 “app”"),
    ],
)
def test_what_is_not_unlocked(text: str) -> None:
    with pytest.raises(Refusal, match="nothing was changed"):
        parse_unlock(text, SERVICES)


@given(st.integers(1, 9999), st.sampled_from([("m", 60), ("h", 3600), ("d", 86400)]))
def test_a_span_is_what_it_says(number: int, unit: tuple[str, int]) -> None:
    word, seconds = unit
    assert parse_span(f"{number}{word}") == timedelta(seconds=number * seconds)


@pytest.mark.parametrize(
    ("hours", "text"), [(0.5, "30 min"), (3, "3 h 0 min"), (47, "47 h 0 min"), (52, "2 d 4 h")]
)
def test_a_span_reads_as_people_say_it(hours: float, text: str) -> None:
    assert span(hours * HOUR) == text
