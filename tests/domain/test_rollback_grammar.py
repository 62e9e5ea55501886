"""`/rollback`: what is understood in a hurry, and what is told to whoever mistypes it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.errors import Refusal
from bot.domain.grammar import RollbackWish, parse_rollback
from bot.domain.versions import Version

TO = Version(1, 2, 0)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", {}),
        ("app", {"service": "app"}),
        ("WEB to v1.2.0", {"service": "web", "version": TO}),
        ("to v1.2.0 app", {"service": "app", "version": TO}),
        ("v1.2.0", {"version": TO}),
        ("because logins fail", {"reason": "logins fail"}),
        ("app because: logins fail", {"service": "app", "reason": "logins fail"}),
        ("logins fail", {"reason": "logins fail"}),
        ("app “logins” fail", {"service": "app", "reason": '"logins" fail'}),
        ("force to v1.2.0", {"version": TO, "force": True}),
        ("force app v1.2.0", {"service": "app", "version": TO, "force": True}),
        (
            "to v1.2.0 --force because it is all we have",
            {"version": TO, "force": True} | {"reason": "it is all we have"},
        ),
        (
            "to v1.2.0 force nothing else is left",
            {"version": TO, "force": True} | {"reason": "nothing else is left"},
        ),
        ("force", {"force": True}),
        ("force because: nothing else", {"force": True, "reason": "nothing else"}),
        ("force push broke the login", {"reason": "force push broke the login"}),
        ("app force push broke it", {"service": "app", "reason": "force push broke it"}),
    ],
)
def test_what_is_understood(text: str, wish: dict[str, Any]) -> None:
    assert parse_rollback(text, ["app", "web"]) == RollbackWish(**wish)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("app web", "said_twice"),
        ("v1.2.0 v1.2.1", "said_twice"),
        ("to", "no_version"),
        ("to app", "no_version"),
        ("to 1.2", "not_a_version"),
        ("v1.2", "not_a_version"),
        ("because", "empty_reason"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_rollback(text, ["app", "web"])
    assert refused.value.code == code
