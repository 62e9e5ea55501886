"""What holds a run back at GitHub: when it would, what is answered, and what never is."""

from datetime import timedelta

import pytest

from bot.domain.approvals.protection import ANSWER_SHOWS, Guarding, Mode, Protection, judge
from bot.domain.gates import Level
from tests.domain.samples import NOON

PEOPLE = Protection(mode=Mode.GITHUB_ENVIRONMENT, environments=("checks", "production"))
RULE = Protection(mode=Mode.GITHUB_PROTECTION_RULE, environments=("production",))
GUARDED = Guarding(environment="production", users=("Gonogo-Reviewer", "bo-acme"))
RULED = Guarding(environment="production", rules=("gonogo",))


def said(
    protection: Protection = PEOPLE,
    found: Guarding = GUARDED,
    waits_for: tuple[str, ...] = ("production",),
    account: str = "gonogo[bot]",
    reviewer: str | None = "gonogo-reviewer",
) -> str:
    """What is wrong; what is right where nothing is."""
    verdict = judge(
        protection, [found], waits_for, job="deploy", account=account, reviewer=reviewer
    )
    assert verdict.gate == "protection"
    assert (verdict.level is Level.BLOCK) is bool(verdict.action)
    return f"{verdict.level}: {verdict.text}"


def test_a_run_that_would_wait_for_somebody_we_can_answer_for_may_be_begun() -> None:
    good = "pass: The run waits at GitHub's environment production"
    assert said() == good
    assert said(RULE, RULED, reviewer=None) == good
    assert said(found=Guarding(environment="production", teams=("release",))) == good


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"waits_for": ()}, "The job deploy does not wait for GitHub's environment checks"),
        ({"waits_for": ("${{ inputs.environment }}",)}, "The job deploy does not wait for"),
        ({"found": Guarding(environment="production")}, "has no required reviewers"),
        ({"found": RULED}, "has no required reviewers"),
        ({"reviewer": None}, "Nobody can answer for you at GitHub"),
        ({"reviewer": "mallory"}, "mallory is no required reviewer of GitHub's environment"),
        ({"account": "GONOGO-reviewer"}, "gonogo-reviewer both starts the runs and reviews them"),
        ({"protection": RULE}, "has no deployment protection rule of gonogo[bot]"),
        ({"protection": RULE, "found": RULED, "account": "other[bot]"}, "no deployment protection"),
    ],
)
def test_a_run_that_would_not_wait_or_never_go_on_is_not_begun(
    change: dict[str, object], problem: str
) -> None:
    text = said(**change)  # type: ignore[arg-type]
    assert text.startswith("block: ")
    assert problem in text


def test_only_environments_of_this_deployment_are_answered_in_its_order() -> None:
    assert PEOPLE.unanswered(["production", "docs", "checks"], NOON) == ("checks", "production")
    assert PEOPLE.unanswered(["docs"], NOON) == ()


def test_a_gate_that_github_still_shows_is_not_answered_twice_at_once() -> None:
    sent = PEOPLE.answers(("production",), NOON)
    assert sent.unanswered(["production"], NOON) == ("production",)  # it may not have arrived
    took = sent.took(("production",))
    assert took.answering == ()
    assert took.unanswered(["production"], NOON + ANSWER_SHOWS - timedelta(seconds=1)) == ()
    assert took.unanswered(["checks", "production"], NOON) == ("checks",)
    assert took.unanswered(["production"], NOON + ANSWER_SHOWS) == ("production",)  # a re-run


def test_a_rule_is_answered_once() -> None:
    took = RULE.answers(("production",), NOON).took(("production",))
    assert took.unanswered(["production"], NOON + timedelta(days=1)) == ()
