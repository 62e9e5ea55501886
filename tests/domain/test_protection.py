"""What holds a run back at GitHub: when it would, what is answered, and what never is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.domain.approvals.protection import (
    ANSWER_SHOWS,
    Guarding,
    Mode,
    Protection,
    Standing,
    Timer,
    judge,
)
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
    unrecorded: Mapping[str, str] | None = None,
) -> str:
    """What is wrong; what is right where nothing is."""
    verdict = judge(
        protection,
        [found],
        waits_for,
        job="deploy",
        account=account,
        reviewer=reviewer,
        unrecorded=unrecorded or {},
    )
    assert verdict.gate == "protection"
    assert (verdict.level is Level.BLOCK) is bool(verdict.action)
    return f"{verdict.level}: {verdict.text}"


def test_a_run_that_would_wait_for_somebody_we_can_answer_for_may_be_begun() -> None:
    good = "pass: The run waits at GitHub's environment production"
    assert said() == good
    assert said(RULE, RULED, reviewer=None) == good
    assert said(unrecorded={"production": "migrate"}) == good
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
        (
            {"protection": RULE, "found": RULED, "unrecorded": {"production": "migrate"}},
            "about the job migrate: it names the environment production with deployment: false",
        ),
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


def at(*places: str, job: str = "deploy") -> tuple[Standing, ...]:
    """A job that stands at these environments."""
    return tuple(Standing(place, job) for place in places)


def test_only_environments_of_this_deployment_are_answered_in_its_order() -> None:
    waiting = at("production", "docs", "checks")
    assert PEOPLE.unanswered(waiting, NOON) == at("checks", "production")
    assert PEOPLE.unanswered(at("docs"), NOON) == ()


@pytest.mark.parametrize("job", ["deploy", ""])
def test_a_gate_that_github_still_shows_is_not_answered_twice_at_once(job: str) -> None:
    production, checks = at("production", job=job), at("checks", job=job)
    sent = PEOPLE.answers(("production",), NOON)
    assert sent.unanswered(production, NOON) == production  # it may not have arrived
    took = sent.took(("production",), [job])
    assert took.answering == ()
    assert took.unanswered(production, NOON + ANSWER_SHOWS - timedelta(seconds=1)) == ()
    assert took.unanswered((*checks, *production), NOON) == checks
    assert took.unanswered(production, NOON + ANSWER_SHOWS) == production


def test_a_rule_is_answered_once_for_a_job() -> None:
    took = RULE.answers(("production",), NOON).took(("production",), ["deploy"])
    later = NOON + timedelta(days=1)
    assert took.unanswered(at("production"), later) == ()
    assert took.unanswered(at("production", job=""), later) == ()


@pytest.mark.parametrize("protection", [PEOPLE, RULE])
def test_the_next_job_at_an_environment_is_let_in_at_once(protection: Protection) -> None:
    took = protection.answers(("production",), NOON).took(("production",), ["migrate"])
    both = (Standing("production", "migrate"), Standing("production", "deploy"))
    assert took.unanswered(both, NOON) == at("production")
    opens = {"production": NOON + TEN}
    assert took.unanswered(at("production"), NOON, opens) == at("production")
    let_in = took.answers(("production",), NOON).took(("production",), ["deploy"])
    assert let_in.let_in == ("migrate", "deploy")
    assert let_in.unanswered(both, NOON) == ()


@pytest.mark.parametrize("protection", [PEOPLE, RULE])
def test_a_job_that_may_stand_elsewhere_is_no_other_one_where_it_was_answered(
    protection: Protection,
) -> None:
    unsure = (Standing("production", "ship / deploy", is_sure=False),)
    assert protection.unanswered(unsure, NOON) == unsure
    took = protection.answers(("production",), NOON).took(("production",), ["migrate"])
    assert took.unanswered(unsure, NOON) == ()
    assert took.unanswered(unsure, NOON, {"production": NOON + TEN}) == ()


TEN = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("began", "let_in", "opens"),
    [
        (NOON - 2 * TEN, (), NOON - TEN),
        (NOON, (), NOON + TEN),
        (None, (), NOON + TEN),  # GitHub does not say: from the answer on
        (NOON + TEN, (), None),  # a re-run, whose gate was not answered yet
        (NOON + TEN, ("production",), None),
    ],
)
def test_the_wait_timer_opens_what_was_answered(began: Any, let_in: Any, opens: Any) -> None:
    took = PEOPLE.answers(("production",), NOON).took(("production",))
    assert took.opens_at("production", Timer(lasts=TEN, began=began), let_in) == opens


def test_who_lets_in_at_github_leaves_it_to_the_timer_as_well() -> None:
    timer = Timer(lasts=TEN, began=NOON)
    assert PEOPLE.opens_at("production", timer, ["production"]) == NOON + TEN
    assert PEOPLE.opens_at("production", timer, ["docs"]) is None


def test_a_gate_is_answered_again_only_after_its_timer() -> None:
    took = PEOPLE.answers(("production",), NOON).took(("production",), ["deploy"])
    opens, after = {"production": NOON + TEN}, NOON + TEN + ANSWER_SHOWS
    assert took.unanswered(at("production"), NOON + TEN, opens) == ()
    assert took.unanswered(at("production"), after, opens) == at("production")
    both = at("checks", "production")
    assert took.unanswered(both, NOON + ANSWER_SHOWS, opens) == at("checks")


def test_a_wait_timer_is_told_before_the_run_is_begun() -> None:
    timed = Guarding(environment="production", users=("gonogo-reviewer",), waits=30)
    assert said(found=timed) == (
        "pass: The run waits at GitHub's environment production, also for its wait timer of 30 min"
    )


def test_what_was_kept_before_it_was_noted_who_was_asked_about_which_gate_tells_none() -> None:
    kept = TypeAdapter(Protection)
    of_before = kept.dump_python(RULE, mode="json")
    of_before.pop("asked")
    assert kept.validate_python(of_before).asked is None
