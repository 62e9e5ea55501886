"""What people type: every word is known or the whole is refused, and a typo is never a reason."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.errors import Refusal
from bot.domain.grammar import (
    MAX_REASON,
    DeployWish,
    clean_reason,
    normalise,
    parse_audit,
    parse_deploy,
    parse_report,
)
from bot.domain.versions import Version
from tests.domain.grammar import SERVICES, no_to

V121 = Version(1, 2, 1)
WORDS = st.sampled_from(
    [
        "v1.2.1", "V1.2.1", "1.2.1", "v1.2", "app", "APP", "web-shop", "to", "--to", "production",
        "prodution", "prod", "staging", "dry-run", "--dry-run", "—dry-run", "because", "Because:",
        "“", "”", '"', "'", "-", "--", "page", "2", "help", "D12", "show", "status", "history",
        "why", "hotfix", "INC-7", "{word}", "{}", "<!channel>", "\u202e", "\x00", "\u00a0",
    ]
)  # fmt: skip
TYPED = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=8).map(" ".join))


def deploy(text: str) -> DeployWish:
    wish = parse_deploy(text, SERVICES)
    assert wish is not None
    return wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("v1.2.1", {}),
        ("V1.2.1", {}),
        ("  v1.2.1\u00a0 app ", {"service": "app"}),
        ("app v1.2.1", {"service": "app"}),
        ("v1.2.1 WEB-shop", {"service": "Web-Shop"}),
        ("v1.2.1 to staging", {"environment": "staging"}),
        ("v1.2.1 TO Production", {"environment": "production"}),
        ("v1.2.1 prod", {"environment": "production"}),
        ("to staging v1.2.1", {"environment": "staging"}),
        ("v1.2.1 --to staging", {"environment": "staging"}),
        ("v1.2.1 dry-run", {"dry_run": True}),
        ("v1.2.1 --dry-run", {"dry_run": True}),
        ("v1.2.1 —dry-run", {"dry_run": True}),
        ("v1.2.1 –dry‑run", {"dry_run": True}),
        ("v1.2.1 DryRun dry-run", {"dry_run": True}),
        ("v1.2.1 because login is broken", {"reason": "login is broken"}),
        ("v1.2.1 BECAUSE: login is broken", {"reason": "login is broken"}),
        ("v1.2.1 because “login is broken”", {"reason": "login is broken"}),
        ("v1.2.1 because it's late", {"reason": "it's late"}),
        ("v1.2.1 because app to staging dry-run", {"reason": "app to staging dry-run"}),
        ("v1.2.1 because of this, because of that", {"reason": "of this, because of that"}),
        ("v1.2.1 “login is broken”", {"reason": "login is broken"}),
        ("v1.2.1 'login\nis   broken'", {"reason": "login is broken"}),
        ("v1.2.1 «to staging»", {"reason": "to staging"}),
        ("v1.2.1 'it's late'", {"reason": "it's late"}),
        ("v1.2.1 app because 'app' to staging", {"service": "app", "reason": "'app' to staging"}),
        ("v1.2.1 because “it” is “late”", {"reason": '"it" is "late"'}),
        (
            "v1.2.1 hotfix INC-7 because sign-in is broken",
            {"incident": "INC-7", "reason": "sign-in is broken"},
        ),
        (
            "--hotfix inc-12 v1.2.1 app “sign-in is broken”",
            {"incident": "INC-12", "service": "app", "reason": "sign-in is broken"},
        ),
        (
            "v1.2.1 app to staging dry-run because why not",
            {"service": "app", "environment": "staging", "dry_run": True, "reason": "why not"},
        ),
    ],
)
def test_what_is_understood(text: str, wish: dict[str, Any]) -> None:
    assert deploy(text) == DeployWish(version=V121, **wish)


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\n\t"])
def test_nothing_typed_is_not_a_wish(text: str) -> None:
    assert parse_deploy(text, SERVICES) is None


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("v1.2.1 prodution", "unknown_word", "Did you mean “production”?"),
        ("v1.2.1 to prodution", "unknown_environment", "Did you mean “production”?"),
        ("v1.2.1 to app", "unknown_environment", "Known are: production, prod, staging."),
        ("v1.2.1 to moon", "unknown_environment", "no environment “moon”"),
        ("to v1.2.1", "unknown_environment", "no environment “v1.2.1”"),
        ("v1.2.1 to dry-run", "unknown_environment", "no environment “dry-run”"),
        ("v1.2.1 to to staging", "unknown_environment", "no environment “to”"),
        ("v1.2.1 to", "no_environment", "to production, or to staging"),
        ("v1.2.1 --to", "no_environment", "to production, or to staging"),
        ("v1.2.1 to because it is time", "no_environment", "to production, or to staging"),
        ("v1.2.1 ap", "unknown_word", "Did you mean “app”?"),
        ("v1.2.1 becuase login is broken", "unknown_word", "Did you mean “because”?"),
        ("v1.2.1 login is broken", "unknown_word", "A reason begins with “because”."),
        ("v1.2.1 --force", "unknown_word", "“--force”, so nothing was deployed"),
        ("v1.2.1 -", "unknown_word", "“-”"),
        ("v1.2.1 dry-rum", "unknown_word", "Did you mean “dry-run”?"),
        ("v1.2.1 hotfix", "no_incident", "For example: /deploy v1.2.2 hotfix INC-7 because"),
        ("v1.2.1 hotfix because sign-in is broken", "no_incident", "A hotfix for which incident?"),
        ("v1.2.1 hotfix app because sign-in is broken", "no_incident", "for which incident?"),
        ("v1.2.1 hotfix D7 because sign-in is broken", "no_incident", "for which incident?"),
        ("v1.2.1 hotfix INC-0 because sign-in is broken", "no_incident", "for which incident?"),
        ("v1.2.1 hotfix INC-٣ because sign-in is broken", "no_incident", "for which incident?"),
        ("v1.2.1 hotfix INC-7", "hotfix_without_reason", "at least 10 characters"),
        ("v1.2.1 hotfix INC-7 because broken", "hotfix_without_reason", "hotfix INC-7 because"),
        ("v1.2.1 hotfix INC-7 hotfix INC-8 because x", "said_twice", "Two incidents"),
        ("v1.2.1 hotfx INC-7 because sign-in is broken", "unknown_word", "Did you mean “hotfix”?"),
        ("v1.2.1 INC-7 because sign-in is broken", "unknown_word", "“INC-7”"),
        ("v1.2.1 v1.3.0", "said_twice", "Two versions"),
        ("v1.2.1 v1.2.1", "said_twice", "Two versions"),
        ("v1.2.1 app api", "said_twice", "Two services"),
        ("v1.2.1 staging production", "said_twice", "Two environments"),
        ("v1.2.1 to staging to production", "said_twice", "Two environments"),
        ("1.2.1", "not_a_version", "Did you mean v1.2.1?"),
        ("v1.2", "not_a_version", "A version looks like v1.2.1."),
        ("v01.2.1", "not_a_version", "“v01.2.1” is no version"),
        ("v1.2.1+build", "not_a_version", "looks like"),
        ("app", "no_version", "Which version? For example: /deploy v1.2.1"),
        ("because it is time", "no_version", "Which version?"),
        ("“v1.2.1”", "no_version", "Which version?"),
        ("v1.2.1 because", "empty_reason", "needs a reason"),
        ("v1.2.1 because “ ”", "empty_reason", "needs a reason"),
        ("v1.2.1 “ ”", "empty_reason", "needs a reason"),
        ("v1.2.1 'app' to staging", "half_quoted", "'app' to staging. Put it last"),
        ("v1.2.1 'app' to 'staging'", "half_quoted", "only as the rest of the line"),
        ("“login is broken” v1.2.1", "half_quoted", "Put it last"),
        ("v1.2.1 “login is broken", "half_quoted", "write because before it"),
        ("v1.2.1 “login is broken'", "half_quoted", "write because before it"),
        ("v1.2.1 because " + "x" * 501, "reason_too_long", "501 characters; 500 are enough"),
        ("v1.2.1 <@U0ANA>", "unknown_word", "“<@U0ANA>”"),
        ("{version}", "unknown_word", "“{version}”"),
    ],
)
def test_what_is_refused_with_the_next_thing_to_do(text: str, code: str, says: str) -> None:
    found, sentence = no_to(text)
    assert found == code
    assert says in sentence


def test_a_word_far_from_everything_is_answered_with_the_services() -> None:
    _, sentence = no_to("v1.2.1 xyzzy")
    assert "Services are: app, api, Web-Shop." in sentence


def test_a_longest_reason_is_still_a_reason() -> None:
    assert len(deploy("v1.2.1 because " + "x" * MAX_REASON).reason) == MAX_REASON


@given(TYPED)
@example("v1.2.1 " + "\ud800")
def test_any_text_is_understood_or_refused(text: str) -> None:
    for parse in (parse_deploy, parse_report, lambda typed, _: parse_audit(typed)):
        try:
            parse(text, SERVICES)
        except Refusal as no:
            assert str(no)
            assert no.code


@given(TYPED)
def test_a_wish_names_only_what_there_is(text: str) -> None:
    try:
        wish = parse_deploy(text, SERVICES)
    except Refusal:
        return
    if wish is not None:
        assert wish.service in (*SERVICES, None)
        assert wish.environment in ("production", "staging", None)
        assert len(wish.reason) <= MAX_REASON
        assert wish.reason == clean_reason(wish.reason)


@given(st.text(max_size=40).filter(lambda text: normalise(text).strip(" \"'")))
def test_a_reason_never_appears_as_a_word(reason: str) -> None:
    wish = deploy(f"v1.2.1 because {reason}")
    assert wish == DeployWish(version=V121, reason=clean_reason(reason))


@given(TYPED)
@example("v1.2.1 app to staging hotfix inc-7 because 'it' is “late” at night")
def test_a_wish_can_be_typed_again(text: str) -> None:
    try:
        wish = parse_deploy(text, SERVICES)
    except Refusal:
        return
    assert wish is None or parse_deploy(str(wish), SERVICES) == wish


@given(st.permutations(["v1.2.1", "app", "to staging", "dry-run"]))
def test_the_order_of_words_does_not_matter(words: list[str]) -> None:
    assert deploy(" ".join(words)) == DeployWish(
        version=V121, service="app", environment="staging", dry_run=True
    )


@given(st.text())
def test_a_normal_text_has_nothing_invisible_and_one_kind_of_space(text: str) -> None:
    clean = normalise(text)
    assert all(c == " " or c.isprintable() for c in clean)
    assert not set(clean) & set("–—“”‘’\n\t")
