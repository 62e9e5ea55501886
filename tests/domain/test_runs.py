"""Which run at GitHub is ours, how it ended, and when a second dispatch is safe."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deployments.runs import (
    GIVE_UP_SEARCH,
    SETTLE,
    Dispatch,
    Next,
    Progress,
    RunSummary,
    Sent,
    Stage,
    deployed_at,
    failure_of,
    pick,
)
from tests.domain.samples import NOON

BLINK = timedelta(microseconds=1)
OURS = "D12-ab12cd34"


def a_run(number: int, title: str = f"v1.2.1 [{OURS}]", actor: str = "gonogo-bot") -> RunSummary:
    return RunSummary(
        id=number,
        title=title,
        status="queued",
        conclusion=None,
        actor=actor,
        branch="main",
        url=f"https://github.com/acme/app/actions/runs/{number}",
        created_at=NOON,
        updated_at=NOON,
        began_at=NOON,
    )


def picked(runs: list[RunSummary], *, claimed: Iterable[int] = (), **changes: Any) -> list[int]:
    facts: dict[str, Any] = {
        "before_run_id": 100,
        "attempt": 1,
        "sent_at": NOON,
        "ref": "main",
        "carries_id": True,
        "guarded": False,
    }
    found = pick(
        tuple(runs),
        Dispatch(**(facts | changes)),
        request_id=OURS,
        version="v1.2.1",
        actor="gonogo-bot",
        claimed=frozenset(claimed),
    )
    return [run.id for run in found]


def test_our_run_is_known_by_the_request_id_in_its_title() -> None:
    runs = [a_run(101, "v1.2.1 [D7-00000000]"), a_run(102, actor="ana-acme"), a_run(103, "v1.2.1")]
    assert picked(runs) == [102]


def test_an_id_counts_whole_and_in_brackets_only() -> None:
    assert picked([a_run(101, f"[{OURS}5]"), a_run(102, OURS), a_run(103, f"[x{OURS}]")]) == []


def test_without_ids_every_newer_run_of_our_account_may_be_ours() -> None:
    runs = [a_run(103, "release"), a_run(102, "release", actor="ana-acme"), a_run(101, "release")]
    assert picked(runs, carries_id=False) == [101, 103]


def test_without_ids_a_run_of_another_version_or_branch_is_not_ours() -> None:
    other = replace(a_run(102, "release"), branch="hotfix")
    runs = [a_run(101, "Release v1.1.0"), other, a_run(103, "Release v1.2.1")]
    assert picked(runs, carries_id=False) == [103]


def test_runs_from_before_the_intent_and_those_of_others_are_left_alone() -> None:
    assert picked([a_run(99), a_run(100), a_run(101), a_run(102)], claimed={101}) == [102]


@given(
    st.lists(st.builds(a_run, st.integers(0, 300)), max_size=20),
    st.integers(0, 300),
    st.frozensets(st.integers(0, 300)),
    st.booleans(),
)
def test_what_is_picked_is_newer_unclaimed_and_oldest_first(
    runs: list[RunSummary], after: int, claimed: frozenset[int], carries_id: bool
) -> None:
    found = picked(runs, before_run_id=after, claimed=claimed, carries_id=carries_id)
    assert found == sorted(found)
    assert set(found) == {run.id for run in runs if run.id > after} - claimed


def a_dispatch(**changes: Any) -> Dispatch:
    facts: dict[str, Any] = {
        "before_run_id": 100,
        "attempt": 1,
        "sent_at": NOON,
        "carries_id": True,
        "guarded": True,
        "unclear": 1,
    }
    return Dispatch(**(facts | changes))


@pytest.mark.parametrize(("guarded", "unclear"), [*product([True, False], [1, 2])])
def test_only_one_unclear_guarded_attempt_is_sent_again_by_a_machine(
    guarded: bool, unclear: int
) -> None:
    sent = a_dispatch(guarded=guarded, unclear=unclear)
    expected = Next.SEND if (guarded, unclear) == (True, 1) else Next.ASK
    assert sent.next(NOON + SETTLE - BLINK) is Next.SEARCH
    assert sent.next(NOON + SETTLE) is expected


def test_what_github_accepted_is_searched_for_longer_and_never_sent_again() -> None:
    sent = a_dispatch(accepted=True)
    assert sent.next(NOON + GIVE_UP_SEARCH - BLINK) is Next.SEARCH
    assert sent.next(NOON + GIVE_UP_SEARCH) is Next.ASK


def test_what_was_surely_not_carried_out_or_a_person_wants_is_sent() -> None:
    assert a_dispatch(accepted=False, guarded=False).next(NOON) is Next.SEND
    assert a_dispatch(again_by="U0BO", guarded=False, unclear=3).next(NOON) is Next.SEND


@pytest.mark.parametrize(
    ("accepted", "unclear", "sent", "patience"),
    [
        (False, 0, Sent.NOT, None),
        (False, 1, Sent.MAYBE, SETTLE),
        (False, 2, Sent.MAYBE, SETTLE),
        (None, 1, Sent.MAYBE, SETTLE),
        (None, 2, Sent.MAYBE, SETTLE),
        (True, 1, Sent.SURELY, GIVE_UP_SEARCH),
        (True, 2, Sent.SURELY, GIVE_UP_SEARCH),
    ],
)
def test_a_run_exists_surely_maybe_or_not_and_is_waited_for_accordingly(
    accepted: bool | None, unclear: int, sent: Sent, patience: timedelta | None
) -> None:
    one = a_dispatch(accepted=accepted, unclear=unclear)
    assert one.sent is sent
    if patience is None:
        assert not one.is_overdue(NOON + timedelta(days=1))
    else:
        assert not one.is_overdue(NOON + patience - BLINK)
        assert one.is_overdue(NOON + patience)


BEGUN, WAITS = (
    Stage(name="Migrate database", status="completed", started_at=NOON),
    Stage(name="migrate", status="queued"),
)


@pytest.mark.parametrize(
    ("stages", "begun"),
    [
        ((), False),
        ((WAITS,), False),
        ((BEGUN, WAITS), False),
        ((BEGUN,), True),
        ((replace(WAITS, name="guard"),), False),
        ((replace(WAITS, name="Migrate", started_at=NOON),), True),
    ],
)
def test_where_no_job_has_that_name_any_of_them_may_have_done_it(
    stages: tuple[Stage, ...], begun: bool
) -> None:
    assert Progress(status="completed", stages=stages).has_begun("migrate") is begun


def ended(conclusion: str, *stages: Stage) -> Progress:
    return Progress(status="completed", conclusion=conclusion, stages=stages)


def job(name: str, conclusion: str, *, started: bool = True) -> Stage:
    return Stage(
        name=name,
        status="completed",
        conclusion=conclusion,
        started_at=NOON if started else None,
    )


@pytest.mark.parametrize(
    ("progress", "failure"),
    [
        (ended("success", job("verify", "success"), job("deploy", "success")), None),
        (ended("success", job("Deploy", "success")), None),
        (ended("success", job("release", "success")), None),
        (
            ended("success", job("deploy", "skipped")),
            "the run ended, but its job deploy was skipped: nothing was deployed",
        ),
        (
            ended("failure", job("verify", "failure"), job("deploy", "skipped")),
            "the run ended with failure in verify",
        ),
        (
            ended("failure", job("a", "failure"), job("b", "timed_out"), job("c", "neutral")),
            "the run ended with failure in a, b",
        ),
        (ended("startup_failure"), "the run ended with startup_failure"),
        (ended("neutral", job("deploy", "success")), "the run ended with neutral"),
        (
            ended("cancelled", job("deploy", "cancelled", started=False)),
            "the run was cancelled before any job started (superseded by another run)",
        ),
        (ended("cancelled", job("deploy", "cancelled")), "the run ended with cancelled in deploy"),
    ],
)
def test_why_a_run_did_not_deploy(progress: Progress, failure: str | None) -> None:
    assert failure_of(progress, "deploy") == failure


def test_it_was_deployed_when_the_deploying_job_ended_well() -> None:
    done = replace(job("deploy", "success"), completed_at=NOON)
    assert deployed_at(ended("failure", done, job("smoke", "failure")), "Deploy") == NOON
    for progress in (
        ended("success", job("ship", "success")),
        ended("failure", job("deploy", "failure")),
        ended("success", job("deploy", "skipped")),
    ):
        assert deployed_at(replace(progress, updated_at=NOON), "deploy") is None
    assert deployed_at(ended("success", done), None) is None


def test_without_a_deploying_job_the_run_speaks_for_itself() -> None:
    assert failure_of(ended("success", job("deploy", "skipped")), None) is None


@given(st.text(min_size=1), st.lists(st.text(min_size=1)))
def test_nothing_but_success_is_success(conclusion: str, jobs: list[str]) -> None:
    progress = ended(conclusion, *(job("deploy", word) for word in jobs))
    assert (failure_of(progress, None) is None) is (conclusion == "success")


@pytest.mark.parametrize(
    ("status", "conclusion", "over"),
    [
        ("completed", "success", True),
        ("completed", None, False),
        ("in_progress", None, False),
        ("a word of next year", "success", False),
    ],
)
def test_a_run_is_over_when_github_says_how_it_ended(
    status: str, conclusion: str | None, over: bool
) -> None:
    assert Progress(status=status, conclusion=conclusion).is_over is over


def test_a_job_is_found_whatever_its_letter_case() -> None:
    progress = ended("success", job("Smoke Test", "success"))
    assert progress.stage("smoke test") == progress.stages[0]
    assert progress.stage("smoke") is None
