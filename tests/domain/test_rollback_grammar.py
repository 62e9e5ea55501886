"""`/rollback`: what is understood in a hurry, and what is told to whoever mistypes it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.grammar import RollbackWish, clean_reason, parse_rollback
from bot.domain.versions import Version
from tests.domain.samples import ANYTHING

TO = Version(1, 2, 0)
WORDS = (
    *("app", "apii", "to", "v1.0.0", "staging", "stagign", "force", "because", "back", "on"),
    *("please", "logins", "fail", "stage", "qa", "production"),
)
NAMES_STAGING = re.compile(r"\bstaging\b|(?:^|\b(?:app|on|to) )stage\b")


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
        ("app to yesterday", "no_version"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_rollback(text, ["app", "web"])
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("app back to v1.0.0", "app to v1.0.0 because …"),
        ("app prod please to v1.0.0", "app production to v1.0.0 because …"),
        ("apii to v1.0.0", "api to v1.0.0 because …"),
        ("please app to v1.0.0", "app to v1.0.0 because …"),
        ("please to v1.0.0", "to v1.0.0 because …"),
        ("app → v1.0.0", "app to v1.0.0 because …"),
        ("app -> V1.0.0", "app to v1.0.0 because …"),
        ("app@v1.0.0", "app to v1.0.0 because …"),
        ("app back to 1.0.0.", "app to v1.0.0 because …"),
        ("app from v1.1.0 to v1.0.0-RC.1", "app to v1.0.0-RC.1 because …"),
        ("app back to v1", "app to v… because …"),
        ("app back to 1.0", "app to v… because …"),
        ("app from v1.1.0 to v1.0", "app to v… because …"),
        ("app back to v1.0.0 because logins fail", "app to v1.0.0 because logins fail"),
        ("stagin to v1.0.0", "staging to v1.0.0 because …"),
        ("apii because logins fail", "api because logins fail"),
        ("apii", "api because …"),
        ("app becuase v1.2.1 loses orders", "app because v1.2.1 loses orders"),
        ("app becuase staging was not tested", "app production because staging was not tested"),
        ("stagign because smoke is red", "staging because smoke is red"),
        ("app on stagign because smoke is red", "app staging because smoke is red"),
    ],
)
def test_a_version_or_a_place_is_never_lost_in_a_reason(text: str, meant: str) -> None:
    assert asked(text)[0] == meant


@pytest.mark.parametrize(
    "text",
    [
        *("app on staging", "app Staging!", "app to staging", "app env=staging", "app@staging"),
        *("app for staging because …", "app --env staging because …", "app _staging_ because …"),
        *("app stg because …", "app pre-prod because …", "app pre prod because …", "app/staging"),
        *("app (staging) because …", "app “on staging”", "app environment staging because: …"),
        *("app stage", "app stage because …", "app on stage", "app on the stage", "app to uat"),
    ],
)
def test_a_place_alone_is_staging(text: str) -> None:
    assert asked(text) == ["app staging because …"]


def test_a_place_alone_keeps_the_version_and_force() -> None:
    assert asked("app to v1.2.0 for staging because it is red") == [
        "app staging to v1.2.0 because it is red"
    ]
    assert asked("app v1.2.0 force on staging") == ["app staging to v1.2.0 force because …"]


@pytest.mark.parametrize(
    "said",
    [
        *("staging is red", "smoke tests fail on staging", "smoke red (staging)", "asap staging"),
        *("please rollback app staging now", "back to the last one on staging", "our stg is red"),
        *("“smoke is red on staging”", "staging's smoke is red", "staging-eu is red"),
        *("the preprod deploy broke", "logins fail as they did on staging", "-e staging"),
        *("stage 2 of checkout fails", "UAT users cannot log in", "UAT: smoke is red"),
        *("asap on stage smoke is red", "please app stage is red", "on the stage: smoke is red"),
    ],
)
def test_where_staging_may_be_the_place_or_the_reason_both_lines_are_offered(said: str) -> None:
    reason = said.replace("“", '"').replace("”", '"')
    assert asked(f"app {said}") == [
        f"app staging because {reason}",
        f"app production because {reason}",
    ]


def test_of_a_reason_that_is_announced_later_the_rest_is_the_reason_for_staging() -> None:
    assert asked("app just staging because smoke is red") == [
        "app staging because smoke is red",
        "app production because just staging because smoke is red",
    ]


@pytest.mark.parametrize("said", ["roll back stage", "now stage", "please UAT", "rollback uat"])
def test_stage_at_the_end_of_few_words_may_be_the_place(said: str) -> None:
    assert asked(f"app {said} because it is red") == [
        "app staging because it is red",
        f"app production because {said} because it is red",
    ]
    assert asked(f"app {said}") == [
        f"app staging because {said}",
        f"app production because {said}",
    ]


def test_a_service_after_it_is_not_lost() -> None:
    assert asked("please uat app because it is red") == [
        "app staging because it is red",
        "app production because please uat app because it is red",
    ]


@pytest.mark.parametrize("said", ["qa", "on dev", "non-prod", "stg1", "sandbox:", "please"])
def test_no_line_for_another_place_is_offered_where_none_is_known(said: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_rollback(f"app {said} because it is red", ["app", "api"])
    assert str(refused.value) == (
        f"I am not sure what “{said.split()[-1].strip(':')}” means here, so nothing was changed. "
        "The environments are production and staging: name one, or leave the word out. "
        f"If all of it is the reason: /rollback app because {said} because it is red"
    )


def test_a_service_that_stands_within_is_not_lost() -> None:
    assert asked("please rollback api staging now") == [
        "api staging because please rollback api staging now",
        "api production because please rollback api staging now",
    ]


@pytest.mark.parametrize(
    "reason",
    [
        "checkout fails at the payment stage",
        "checkout fails at the payment stage because of the cache",
        "at the payment stage checkout fails",
        "logins fail because staging was never tested",
        "production stage 2 of checkout fails",
        "prod on stage 3 of payment it fails",
        "on production: users come from staging",
    ],
)
def test_what_is_surely_a_reason_is_taken_as_it_is(reason: str) -> None:
    wish = parse_rollback(f"app {reason}", ["app", "api"])
    assert wish == RollbackWish(service="app", reason=reason)


def test_a_service_may_be_called_as_staging_is_elsewhere() -> None:
    wish = parse_rollback("stage fails as uat-web does", ["stage", "uat-web"])
    assert wish == RollbackWish(service="stage", reason="fails as uat-web does")


@given(st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join))
def test_no_other_version_or_place_is_gone_back_to_than_was_typed(text: str) -> None:
    try:
        wish = parse_rollback(text, ["app", "api"])
    except Refusal:
        return
    before = text.split("because")[0].split()
    if "v1.0.0" in before:
        assert wish.version == Version(1, 0, 0)
    if "production" not in before and NAMES_STAGING.search(" ".join(before)):
        assert wish.environment == "staging"
    if before[-1:] == ["qa"] and {*before[:-1]} <= {"app", "on"} and before != text.split():
        assert wish.environment is not None


@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join) | ANYTHING)
def test_whatever_is_offered_is_understood_as_what_it_says(text: str) -> None:
    try:
        parse_rollback(text, ["app", "api"])
        return
    except Refusal as refusal:
        offered = lines(refusal) if refusal.code == "unknown_word" else []
    for line in offered:
        if "to v…" not in line:
            wish = parse_rollback(line, ["app", "api"])
            arguments, _, reason = line.partition("because ")
            to, force = f"to {wish.version}" * bool(wish.version), "force" * wish.force
            said = filter(None, (wish.service, wish.environment, to, force))
            assert " ".join(said) == arguments.strip()
            assert wish.reason == clean_reason(reason)


def asked(text: str) -> list[str]:
    """The one or two lines that are offered in place of this one, which is refused."""
    with pytest.raises(Refusal) as refused:
        parse_rollback(text, ["app", "api"])
    assert refused.value.code == "unknown_word"
    line, *all_of_it = lines(refused.value)
    told = f"nothing was changed. Did you mean /rollback {line}?"
    told += "".join(f" If all of it is the reason: /rollback {one}" for one in all_of_it)
    assert str(refused.value).endswith(told)
    return [line, *all_of_it]


def lines(refusal: Refusal) -> list[str]:
    """What a refusal offers to be typed after the command."""
    return [str(line) for name in ("line", "all_of_it") if (line := refusal.facts[name])]
