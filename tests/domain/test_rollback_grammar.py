"""`/rollback`: what is understood in a hurry, and what is told to whoever mistypes it."""

from __future__ import annotations

from itertools import dropwhile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.grammar import RollbackWish, parse_rollback
from bot.domain.versions import Version

TO = Version(1, 2, 0)
WORDS = (
    *("app", "apii", "to", "v1.0.0", "staging", "stagign", "force", "because", "back", "on"),
    *("please", "logins", "fail", "stage", "qa"),
)
FILLERS = {"app", "to", "v1.0.0", "force", "back", "on", "please"}


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
        ("production to v1.2.0", {"environment": "production", "version": TO}),
        ("app prod", {"service": "app", "environment": "production"}),
        ("production is down", {"reason": "production is down"}),
        (
            "app staging because smoke is red",
            {"service": "app", "environment": "staging", "reason": "smoke is red"},
        ),
        ("to v1.2.0 --staging app", {"service": "app", "environment": "staging", "version": TO}),
        ("“app” to 'v1.2.0'", {"service": "app", "version": TO}),
        ("“app to v1.2.0”", {"service": "app", "version": TO}),
        ("to v1.2.0 not v1.1.0", {"version": TO, "reason": "not v1.1.0"}),
        ("because v1.2.1 broke staging", {"reason": "v1.2.1 broke staging"}),
        ("“since v1.2.1 logins fail”", {"reason": "since v1.2.1 logins fail"}),
        ("app fails to load", {"service": "app", "reason": "fails to load"}),
        (
            "app logins fail because of the cache",
            {"service": "app", "reason": "logins fail because of the cache"},
        ),
        (
            "app prod to v1.2.0 broken because of the cache",
            {"service": "app", "environment": "production", "version": TO}
            | {"reason": "broken because of the cache"},
        ),
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
        ("staging prod", "said_twice"),
        ("app to staging", "no_version"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_rollback(text, ["app", "web"])
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("app back to v1.0.0", "app to v1.0.0"),
        ("app prod please to v1.0.0", "app production to v1.0.0"),
        ("apii to v1.0.0", "api to v1.0.0"),
        ("please app to v1.0.0", "app to v1.0.0"),
        ("please to v1.0.0", "to v1.0.0"),
        ("app → v1.0.0", "app to v1.0.0"),
        ("app -> V1.0.0", "app to v1.0.0"),
        ("app@v1.0.0", "app to v1.0.0"),
        ("app back to 1.0.0.", "app to v1.0.0"),
        ("app back to v1", "app to v…"),
        ("app back to 1.0", "app to v…"),
        ("stagin to v1.0.0", "staging to v1.0.0"),
        ("app on staging to v1.0.0", "app staging to v1.0.0"),
        ("staging is red", "staging"),
        ("to v1.0.0 on staging", "staging to v1.0.0"),
        ("stagign because smoke is red", "staging"),
        ("apii because logins fail", "api"),
        ("apii", "api"),
        ("app becuase v1.2.1 loses orders", "app"),
        ("app stage because smoke is red", "app staging"),
        ("app stg because smoke is red", "app staging"),
        ("app stage smoke is red", "app staging"),
        ("app stage to v1.0.0", "app staging to v1.0.0"),
        ("app on stage because smoke is red", "app staging"),
        ("app UAT: smoke is red", "app staging"),
        ("app back to staging because smoke is red", "app staging"),
        ("please on app staging", "app staging"),
        ("app go back to v1.0.0 on staging", "app staging to v1.0.0"),
        ("app on the stage: smoke is red", "app staging"),
        ("app qa because smoke is red", "app production"),
        ("app on qa because: smoke is red", "app production"),
        ("please because logins fail", "production"),
    ],
)
def test_a_version_or_a_place_is_never_lost_in_a_reason(text: str, meant: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_rollback(text, ["app", "api"])
    assert refused.value.code == "unknown_word"
    assert f"nothing was changed. Did you mean /rollback {meant} because …?" in str(refused.value)


@pytest.mark.parametrize(
    "reason",
    [
        "checkout fails at the payment stage",
        "checkout fails at the payment stage because of the cache",
        "logins fail as they did on staging",
        "uploads to the preprod bucket of a customer fail",
    ],
)
def test_what_staging_is_called_within_a_reason_is_no_place(reason: str) -> None:
    wish = parse_rollback(f"app {reason}", ["app", "api"])
    assert wish == RollbackWish(service="app", reason=reason)


@given(st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join))
def test_no_other_version_or_place_is_gone_back_to_than_was_typed(text: str) -> None:
    try:
        wish = parse_rollback(text, ["app", "api"])
    except Refusal:
        return
    before = text.split("because")[0].split()
    if "v1.0.0" in before:
        assert wish.version == Version(1, 0, 0)
    if next(dropwhile(FILLERS.__contains__, before), "") in ("staging", "stage"):
        assert wish.environment == "staging"
    if before[-1:] == ["qa"] and before != text.split():
        assert wish.environment is not None
