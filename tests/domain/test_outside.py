"""Which runs are new, and what becomes of those that nobody asked the bot for."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.deployments.outside import (
    EPOCH,
    Did,
    did,
    is_new,
    is_older,
    place_of,
    since,
    sort,
    version_of,
)
from bot.domain.deployments.runs import Progress, RunSummary, Stage
from tests.domain.samples import NOON

HOUR = timedelta(hours=1)
BEFORE, AFTER = NOON - HOUR, NOON + HOUR


def a_run(number: int = 1, **changes: Any) -> RunSummary:
    """A run that works."""
    facts: dict[str, Any] = {
        "id": number,
        "title": "Release v1.2.1 by carl",
        "status": "in_progress",
        "conclusion": None,
        "actor": "carl",
        "branch": "main",
        "url": "https://github.com/acme/app/actions/runs/1",
        "created_at": NOON,
        "updated_at": NOON,
        "began_at": NOON,
    }
    return RunSummary(**(facts | changes))


def ended(number: int = 1, conclusion: str = "success", **changes: Any) -> RunSummary:
    """The same, over."""
    return a_run(number, status="completed", conclusion=conclusion, **changes)


@pytest.mark.parametrize(
    ("run", "begin", "known", "new"),
    [
        (a_run(), BEFORE, 0, True),
        (ended(), NOON, 0, False),
        (ended(), AFTER, 0, False),
        (a_run(), AFTER, 0, True),
        (a_run(), BEFORE, 1, False),
        (a_run(attempt=2), BEFORE, 1, True),
        (a_run(attempt=2), BEFORE, 2, False),
        (ended(), BEFORE, 0, True),
        (ended(), None, 0, False),
        (a_run(), None, 0, True),
        (a_run(), None, 1, False),
        (a_run(event="pull_request"), BEFORE, 0, False),
        (a_run(event="pull_request_target"), BEFORE, 0, False),
        (a_run(event="push"), BEFORE, 0, True),
    ],
)
def test_what_is_new(run: RunSummary, begin: Any, known: int, new: bool) -> None:
    assert is_new(run, begin, known) is new


def test_new_is_what_begins_after_the_newest_that_is_dealt_with() -> None:
    assert since([]) == EPOCH
    assert since([ended(2, began_at=NOON), ended(1, began_at=BEFORE)]) == NOON
    # what is yet to be followed stays new, and so does what came after it
    waits, last = a_run(2), ended(3, began_at=AFTER)
    listed = [ended(1, began_at=BEFORE), waits, last]
    assert since(listed, [waits]) == BEFORE
    assert since(listed, [last]) == NOON
    assert since([a_run()], [a_run()]) == EPOCH


def test_what_was_over_before_the_first_look_is_new_at_no_later_one() -> None:
    """Though a run that began before it waits at its gate all the time."""
    listed = [ended(1, began_at=BEFORE), a_run(2, status="waiting"), ended(3, began_at=AFTER)]
    [followed] = [run for run in listed if is_new(run, None, 0)]
    assert followed.id == 2
    after = since(listed)
    assert [run.id for run in listed if is_new(run, after, int(run is followed))] == []


def ways(
    *runs: RunSummary,
    is_free: bool = True,
    is_held: bool = False,
    live_at: Any = None,
    **did: Did,
) -> list[str]:
    """The way of each; those that are over deployed where nothing else is said, as `of_2=`."""
    known = {run.id: did.get(f"of_{run.id}", Did.DEPLOYED) for run in runs if run.is_over}
    found = sort(runs, known, is_free=is_free, is_held=is_held, live_at=live_at)
    return [f"{run.id} {way}" for run, way in found]


def test_one_run_takes_the_slot_and_the_others_wait() -> None:
    first, second = a_run(1), a_run(2, began_at=AFTER)
    assert ways(second, first) == ["1 follow", "2 wait"]
    assert ways(first, is_free=False) == ["1 wait"]


@pytest.mark.parametrize("is_free", [True, False])
def test_what_did_nothing_takes_no_slot_that_somebody_holds(is_free: bool) -> None:
    over, works = ended(1, began_at=BEFORE), a_run(2, began_at=NOON)
    found = ways(over, works, is_free=is_free, is_held=True, of_1=Did.NOTHING)
    assert found == ["1 record", "2 follow" if is_free else "2 wait"]
    assert ways(over, is_free=is_free, is_held=True, of_1=Did.NOTHING) == ["1 record"]
    assert ways(over, of_1=Did.NOTHING) == ["1 follow"]
    assert ways(over, is_held=True, of_1=Did.TOUCHED) == ["1 follow"]


FIRST, SECOND, THIRD = (
    ended(number, began_at=at, updated_at=at) for number, at in ((1, BEFORE), (2, NOON), (3, AFTER))
)


def test_what_ended_before_something_later_deployed_is_history() -> None:
    assert ways(FIRST, SECOND) == ["1 record", "2 follow"]
    assert ways(FIRST, SECOND, is_free=False) == ["1 record", "2 wait"]
    assert ways(FIRST, SECOND, of_1=Did.NOTHING) == ["1 record", "2 follow"]
    assert ways(FIRST, SECOND, of_1=Did.TOUCHED) == ["1 record", "2 follow"]


@pytest.mark.parametrize("later", [Did.NOTHING, Did.TOUCHED])
def test_what_runs_there_counts_whatever_failed_after_it(later: Did) -> None:
    assert ways(FIRST, SECOND, of_2=later) == ["1 follow", "2 wait"]
    assert ways(FIRST, SECOND, is_free=False, of_2=later) == ["1 wait", "2 wait"]
    # and then the failure gets its card, too
    assert ways(SECOND, live_at=BEFORE, of_2=later) == ["2 follow"]
    between = "record" if later is Did.NOTHING else "wait"
    expected = ["1 follow", f"2 {between}", "3 wait"]
    assert ways(FIRST, SECOND, THIRD, of_2=later, of_3=later) == expected


def test_whether_it_counts_shows_when_what_is_under_way_has_ended() -> None:
    working = a_run(2)
    assert ways(FIRST, working) == ["1 wait", "2 follow"]
    assert ways(FIRST, working, of_1=Did.NOTHING) == ["1 record", "2 follow"]
    assert ways(FIRST, live_at=BEFORE - HOUR) == ["1 follow"]
    assert ways(FIRST, live_at=NOON) == ["1 record"]


def a_stage(name: str, conclusion: str, *, begun: bool = True) -> Stage:
    at = NOON if begun else None
    return Stage(name=name, status="completed", conclusion=conclusion, started_at=at)


@pytest.mark.parametrize(
    ("conclusion", "stages", "what"),
    [
        ("success", [("deploy", "success", True)], Did.DEPLOYED),
        ("success", [("deploy", "skipped", True)], Did.NOTHING),
        ("success", [], Did.DEPLOYED),
        ("failure", [("deploy", "success", True), ("smoke", "failure", True)], Did.DEPLOYED),
        ("failure", [("deploy", "failure", True)], Did.TOUCHED),
        ("cancelled", [("deploy", "cancelled", True)], Did.TOUCHED),
        ("cancelled", [("deploy", "cancelled", False)], Did.NOTHING),
        ("failure", [("verify", "failure", True), ("deploy", "skipped", True)], Did.NOTHING),
        ("failure", [("other", "failure", True)], Did.TOUCHED),
        ("failure", [], Did.NOTHING),
    ],
)
def test_what_a_run_did_is_what_its_deploying_job_did(
    conclusion: str, stages: list[tuple[str, str, bool]], what: Did
) -> None:
    jobs = tuple(a_stage(name, end, begun=begun) for name, end, begun in stages)
    progress = Progress(status="completed", conclusion=conclusion, stages=jobs)
    assert did(progress, "deploy") is what


def test_what_ended_before_something_else_went_live_is_history() -> None:
    assert ways(ended(), live_at=BEFORE) == ["1 follow"]
    assert ways(ended(), live_at=NOON) == ["1 record"]
    assert ways(ended(), live_at=NOON, is_free=False) == ["1 record"]
    assert ways(a_run(), live_at=AFTER) == ["1 follow"]


@pytest.mark.parametrize(
    ("facts", "version"),
    [
        ({}, "v1.2.1"),
        ({"title": "Release"}, ""),
        ({"title": "Release", "branch": "v1.3.0"}, "v1.3.0"),
        ({"branch": "v1.3.0"}, "v1.2.1"),
    ],
)
def test_the_title_tells_the_version_else_the_tag_that_it_runs_on(
    facts: dict[str, Any], version: str
) -> None:
    assert version_of(a_run(**facts)) == version


@pytest.mark.parametrize(
    ("version", "live", "ancestry", "older"),
    [
        ("v1.1.0", "v1.2.0", "behind", True),
        ("v1.1.0", "v1.2.0", "unknown", True),
        ("v1.1.0", "v1.2.0", "ahead", False),
        ("v1.3.0", "v1.2.0", "unknown", False),
        ("v1.2.0", "v1.2.0", "identical", False),
        ("", "v1.2.0", "unknown", False),
        ("v1.3.0", "", "behind", True),
    ],
)
def test_older_is_what_lies_behind(version: str, live: str, ancestry: str, older: bool) -> None:
    assert is_older(version, live, ancestry) is older


BOTH = (("app", "production"), ("app", "staging"))
TWO = (("app", "production"), ("shop", "production"))


@pytest.mark.parametrize(
    ("places", "title", "place"),
    [
        (BOTH[:1], "anything", BOTH[0]),
        (BOTH, "Release v1.2.1 to Staging", BOTH[1]),
        (BOTH, "Release v1.2.1", None),
        (TWO, "Release shop v1.2.1 [D1-abc]", TWO[1]),
        (TWO, "Release shopping v1.2.1", None),
        (TWO, "Release app and shop", None),
    ],
)
def test_a_place_is_never_guessed(places: Any, title: str, place: Any) -> None:
    assert place_of(a_run(title=title), places) == place


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target"])
def test_a_trial_is_for_no_place(event: str) -> None:
    assert place_of(a_run(event=event), BOTH[:1]) is None
