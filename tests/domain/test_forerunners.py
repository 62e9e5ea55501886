"""Which versions ran before gonogo, as the list of runs tells: as rows."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.deployments.runs import RunSummary
from bot.domain.deployments.states import Kind
from bot.domain.metrics.history import Record, Result
from bot.domain.rollbacks.forerunners import forerunners, newest_of_each, runs_before
from bot.domain.rollbacks.rollback_target import choose

START = datetime(2024, 3, 1, 10, 0, tzinfo=UTC)
HERE = ("app", "production")
BOTH = (HERE, ("app", "staging"))


def run(number: int, title: str, conclusion: str = "success") -> RunSummary:
    at = START + timedelta(days=number)
    return RunSummary(
        id=number,
        title=title,
        status="completed",
        conclusion=conclusion,
        actor="ana-acme",
        branch="main",
        url="",
        created_at=at,
        updated_at=at,
        began_at=at,
    )


@pytest.mark.parametrize(
    ("titles", "live", "target"),
    [
        (["v1.0.0", "v1.1.0", "v1.2.0"], "v1.2.0", "v1.1.0"),
        (["v1.1.0", "v1.2.0", "v1.2.0"], "v1.2.0", "v1.1.0"),  # deployed twice is one step
        (["v1.1.0", "v1.2.0", "v1.3.0"], "v1.2.0", "v1.1.0"),  # v1.3.0 was left by other means
        (["v1.1.0", "v1.2.0", "v1.3.0", "v1.2.0"], "v1.2.0", "v1.1.0"),  # by a run of release.yml
        (["v1.1.0", "v1.2.0"], "v1.1.5", "v1.1.0"),  # no run brought it: only what is older
        (["v1.2.0"], "v1.2.0", None),
        (["v1.3.0"], "v1.2.0", None),
        ([], "v1.2.0", None),
        (["ci", "Nightly", "v1.2.0"], "v1.2.0", None),
    ],
)
def test_where_the_first_rollback_goes(titles: list[str], live: str, target: str | None) -> None:
    listed = [run(number, f"Release {title}") for number, title in enumerate(titles, 1)]
    runs = runs_before(listed, live, HERE, (HERE,))
    known = [live, *newest_of_each(runs, live)]
    found = forerunners(runs, known, HERE, {"ana-acme": "U0ANA"})
    now = Record(
        id="D1",
        service="app",
        environment="production",
        version=live,
        result=Result.SUCCESS,
        requested_at=START + timedelta(days=90),
    )
    assert choose([*(one.record for one in found), now]).target == target
    assert {one.by for one in found} <= {"U0ANA"}


def test_a_run_that_failed_brought_nothing() -> None:
    listed = [run(1, "v1.1.0", "failure"), run(2, "v1.2.0")]
    assert [version for _, version in runs_before(listed, "v1.2.0", HERE, (HERE,))] == ["v1.2.0"]


def test_what_nothing_proves_is_left_out_and_going_back_is_seen() -> None:
    listed = [run(number, f"v1.{number}.0") for number in (1, 2, 3)]
    listed.append(run(4, "v1.2.0 again"))
    runs = runs_before(listed, "v1.2.0", HERE, (HERE,))
    found = forerunners(runs, ["v1.2.0", "v1.3.0"], HERE, {})
    assert [(one.version, one.kind) for one in found] == [
        ("v1.2.0", Kind.RELEASE),
        ("v1.3.0", Kind.RELEASE),
        ("v1.2.0", Kind.ROLLBACK),
    ]


def test_of_a_shared_workflow_only_what_names_the_place_counts() -> None:
    titles = ["v1.0.0", "v1.1.0 to production", "v1.2.0 to staging", "v1.3.0 to production"]
    listed = [run(number, title) for number, title in enumerate(titles, 1)]
    assert [version for _, version in runs_before(listed, "v1.3.0", HERE, BOTH)] == [
        *("v1.3.0", "v1.1.0")
    ]
