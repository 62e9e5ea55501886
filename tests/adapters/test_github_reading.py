"""GitHub's answers as our values, in the shapes that real repositories give them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.github.reading import held
from bot.domain.approvals.protection import Timer
from bot.domain.errors import Fault
from bot.domain.gates import Check
from bot.ports import Held
from tests.adapters.canned_github import Says, canned

APP = "/repos/acme/app"
HALF_AN_HOUR = timedelta(minutes=30)
TEN = datetime(2024, 3, 26, 10, tzinfo=UTC)


def commit(sha: str, *parents: str, message: str = "", author: str | None = "ana") -> Any:
    return {
        "sha": sha,
        "parents": [{"sha": parent} for parent in parents],
        "commit": {
            "message": message or f"Commit {sha}\n\nmore",
            "author": {"name": "Ana A.", "date": "2024-03-26T10:00:00Z"},
        },
        "author": {"login": author} if author else None,
        "html_url": f"https://github.test/{sha}",
    }


def pull(number: int, merged_as: str, user: str | None = "bo", merged: bool = True) -> Any:
    return {
        "number": number,
        "title": f"Change {number}",
        "user": {"login": user} if user else None,
        "merged_at": "2024-03-26T10:00:00Z" if merged else None,
        "merge_commit_sha": merged_as,
        "html_url": f"https://github.test/pull/{number}",
    }


def comparison(*commits: Any, **more: Any) -> dict[str, Any]:
    return {
        "status": "ahead",
        "total_commits": len(commits),
        "commits": list(commits),
        "files": [{"filename": "a.txt", "status": "added"}],
        "html_url": "https://github.test/compare",
        **more,
    }


async def titles(
    commits: list[Any], pulls: list[Any], pulls_of: dict[str, list[Any]]
) -> tuple[list[str], int]:
    """The list for these commits, and how many requests it took."""
    answers: dict[str, Any] = {
        f"{APP}/compare/a...z": comparison(*commits),
        f"{APP}/pulls": pulls,
        **{f"{APP}/commits/{c['sha']}/pulls": pulls_of.get(c["sha"], []) for c in commits},
    }
    async with canned(answers) as it:
        found = await it.github.changes("acme/app", "a", "z")
        return [f"{c.title} by {c.author}" for c in found.changes], len(it.asked)


async def test_a_merged_branch_is_one_change() -> None:
    """Its commits are not listed and not looked up: a merge tells by its parents what it brings."""
    line = [
        commit("b1", "a"),
        commit("b2", "b1"),
        commit("m", "a", "b2", message="Merge pull request #7 from acme/b"),
        commit("d", "m", message="Directly"),
    ]
    assert await titles(line, [pull(7, "m")], {}) == (["Change 7 by bo", "Directly by ana"], 3)


async def test_a_merge_of_merges_hides_no_pull_request() -> None:
    line = [
        commit("s1", "a", message="One (#1)"),
        commit("s2", "s1", message="Two (#2)"),
        commit("m", "a", "s2", message="Merge pull request #3 from acme/develop"),
    ]
    pulls = [pull(1, "s1"), pull(2, "s2"), pull(3, "m")]
    assert (await titles(line, pulls, {}))[0] == [f"Change {n} by bo" for n in (1, 2, 3)]


async def test_a_merge_without_pull_request_is_told_with_what_it_brings() -> None:
    """Whatever was put into it by hand stands in no other commit."""
    line = [commit("b1", "a"), commit("m", "a", "b1", message="Merge branch 'main'")]
    assert await titles(line, [], {}) == (["Commit b1 by ana", "Merge branch 'main' by ana"], 4)


async def test_rebased_commits_of_one_pull_request_are_one_change() -> None:
    line = [commit("r1", "a"), commit("r2", "r1"), commit("r3", "r2")]
    of = {sha: [pull(9, "x", merged=False), pull(5, "r3")] for sha in ("r1", "r2")}
    assert await titles(line, [pull(5, "r3")], of) == (["Change 5 by bo"], 4)


async def test_people_without_an_account_are_named() -> None:
    line = [commit("c", "a", author=None), commit("p", "c")]
    found, _ = await titles(line, [pull(1, "p", user=None)], {})
    assert found == ["Commit c by Ana A.", "Change 1 by ghost"]


async def test_a_long_list_is_looked_up_in_part() -> None:
    line = [commit(f"c{n}", f"c{n - 1}") for n in range(250)]
    found, requests = await titles(line, [], {})
    assert (len(found), requests) == (250, 52)


async def test_a_comparison_is_one_request_without_paging() -> None:
    """With paging GitHub would begin with the oldest commits."""
    more = {"link": f'<http://127.0.0.1{APP}/compare/a...z?page=2>; rel="next"'}
    body = comparison(commit("c", "a"), total_commits=400)
    answers = {f"{APP}/compare/a...z": Says(body, 200, more), f"{APP}/commits/c/pulls": []}
    async with canned(answers) as it:
        found = await it.github.changes("acme/app", "a", "z")

    assert (found.commits, len(found.changes)) == (400, 1)
    assert [path for _, path, _ in it.asked] == [*answers]


async def test_every_page_of_checks_and_statuses_counts() -> None:
    """The one red check of a large matrix may be on the last page."""
    first, second = f"{APP}/commits/c0/check-runs", f"{APP}/commits/c0/status"
    url = "https://github.test/acme/app/actions/runs/77/job/1"

    def runs(*conclusions: str | None) -> dict[str, Any]:
        rows = [{"name": "build", "conclusion": c, "details_url": url} for c in conclusions]
        return {"total_count": 3, "check_runs": rows}

    def statuses(*states: str) -> dict[str, Any]:
        return {"state": "failure", "statuses": [{"context": "ci", "state": s} for s in states]}

    more = {
        "link": '<http://127.0.0.1/?page=2>; rel="next", <http://127.0.0.1/?page=2>; rel="last"'
    }
    answers = {
        first: (Says(runs("success", None), 200, more), runs("failure")),
        second: (Says(statuses("success"), 200, more), statuses("pending", "error")),
    }
    async with canned(answers) as it:
        found = await it.github.checks("acme/app", "c0")

    assert found == (
        Check(name="build", conclusion="success", run_id=77),
        Check(name="build", conclusion=None, run_id=77),
        Check(name="build", conclusion="failure", run_id=77),
        Check(name="ci", conclusion="success"),
        Check(name="ci", conclusion=None),
        Check(name="ci", conclusion="error"),
    )
    assert [path.partition("?")[2] for _, path, _ in it.asked] == [
        "filter=latest&page=1&per_page=100",
        "filter=latest&page=2&per_page=100",
        "page=1&per_page=100",
        "page=2&per_page=100",
    ]


async def test_checks_that_go_on_for_ever_are_a_fault_and_never_all_green() -> None:
    body = {"check_runs": [{"name": "build", "conclusion": "success"}] * 100}
    page = Says(body, 200, {"link": '<http://127.0.0.1/?page=2>; rel="next"'})
    async with canned({f"{APP}/commits/c0/check-runs": page}) as it:
        with pytest.raises(Fault, match=r"more than 2000 rows in .*check-runs, too many"):
            await it.github.checks("acme/app", "c0")
    assert len(it.asked) == 20


async def test_every_run_after_one_is_found_and_none_is_told_twice() -> None:
    """Others may have started many since; where a new one comes in between, pages overlap."""
    at, more = "2024-03-26T10:00:00Z", {"link": '<http://127.0.0.1/?page=2>; rel="next"'}

    def runs(*ids: int) -> Says:
        rows = [{"id": one, "html_url": "u", "created_at": at} for one in ids]
        return Says({"workflow_runs": rows}, 200, more)

    pages = (runs(9, 8, 7), runs(7, 6, 5), runs(4, 3, 2), runs(1))
    async with canned({f"{APP}/actions/workflows/release.yml/runs": pages}) as it:
        found = await it.github.runs("acme/app", "release.yml", after=4)
    assert [run.id for run in found] == [9, 8, 7, 6, 5]
    assert len(it.asked) == 3


async def test_every_job_of_a_large_matrix_is_told() -> None:
    def jobs(*names: str) -> dict[str, Any]:
        return {"jobs": [{"name": name, "status": "completed"} for name in names]}

    at = "2024-03-26T10:00:00Z"
    row = {"id": 7, "html_url": "u", "created_at": at, "status": "in_progress"}
    more = {"link": '<http://127.0.0.1/?page=2>; rel="next"'}
    path = f"{APP}/actions/runs/7"
    async with canned({path: row, f"{path}/jobs": (Says(jobs("a"), 200, more), jobs("b"))}) as it:
        _, progress = await it.github.run("acme/app", 7)

    assert [stage.name for stage in progress.stages] == ["a", "b"]


async def test_a_tag_of_a_tag_leads_to_its_commit() -> None:
    answers = {
        f"{APP}/git/ref/tags/v1.0.0": {"object": {"type": "tag", "sha": "t1"}},
        f"{APP}/git/tags/t1": {"object": {"type": "tag", "sha": "t2"}, "tagger": None},
        f"{APP}/git/tags/t2": {"object": {"type": "commit", "sha": "c1"}},
    }
    async with canned(answers) as it:
        tag = await it.github.tag("acme/app", "v1.0.0")

    assert (tag.object_sha, tag.commit, tag.dated) == ("t1", "c1", None)


async def test_a_draft_is_no_release() -> None:
    async with canned({f"{APP}/releases/tags/v1.0.0": {"draft": True}}) as it:
        assert await it.github.release_notes("acme/app", "v1.0.0") is None


async def test_names_cannot_leave_their_place_in_an_address() -> None:
    async with canned({}) as it:
        await it.github.release_notes("acme/app", "v1.0.0/../../x?y#z")

    assert it.asked[0][1] == f"{APP}/releases/tags/v1.0.0%2F..%2F..%2Fx%3Fy%23z"


@pytest.mark.parametrize(
    ("minutes", "started", "timer"),
    [
        (0, None, None),
        (30, "2024-03-26T10:00:00Z", Timer(lasts=HALF_AN_HOUR, began=TEN)),
        (30, None, Timer(lasts=HALF_AN_HOUR)),
    ],
)
def test_a_gate_is_read_with_its_wait_timer(minutes: int, started: Any, timer: Any) -> None:
    row = {
        "environment": {"id": 7, "name": "production"},
        "wait_timer": minutes,
        "wait_timer_started_at": started,
        "current_user_can_approve": True,
        "reviewers": [],
    }
    assert held(row) == Held(id=7, environment="production", may_answer=True, timer=timer)
