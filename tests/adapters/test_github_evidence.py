"""What the gates read at GitHub: reviews, issues, and the files of a comparison."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.github.workflows import MOST_FILES
from bot.domain.errors import Fault
from tests.adapters.canned_github import Says, canned
from tests.adapters.test_github_reading import APP, comparison


def review(by: str | None, state: str, association: str = "MEMBER") -> dict[str, Any]:
    user = {"login": by} if by else None
    return {"user": user, "state": state, "author_association": association}


@pytest.mark.parametrize(
    ("reviews", "is_approved"),
    [
        ([], False),
        ([review("bo", "APPROVED")], True),
        ([review("bo", "COMMENTED")], False),
        ([review("bo", "APPROVED"), review("bo", "COMMENTED")], True),
        ([review("bo", "APPROVED"), review("bo", "DISMISSED")], False),
        ([review("bo", "APPROVED"), review("dee", "CHANGES_REQUESTED")], False),
        ([review("bo", "CHANGES_REQUESTED"), review("bo", "APPROVED")], True),
        ([review(None, "APPROVED")], True),
        ([review("bo", "APPROVED", "OWNER")], True),
        ([review("bo", "APPROVED", "COLLABORATOR")], True),
        *(([review("eve", "APPROVED", of)], False) for of in ("NONE", "CONTRIBUTOR")),
        ([review("ci[bot]", "APPROVED", "NONE"), review(None, "APPROVED", "NONE")], False),
        *(([review(who, "APPROVED", "CONTRIBUTOR")], True) for who in ("fay", "gil", "hal")),
        ([review("bo", "APPROVED"), review("eve", "CHANGES_REQUESTED", "NONE")], False),
        ([review("fay", "CHANGES_REQUESTED", "NONE"), review("bo", "APPROVED")], False),
    ],
)
async def test_the_last_decision_of_each_reviewer_counts(
    reviews: list[Any], is_approved: bool
) -> None:
    may = {"eve": "read", "fay": "write", "gil": "maintain", "hal": "admin"}
    paths = {f"{APP}/collaborators/{who}/permission": {"permission": may[who]} for who in may}
    async with canned({f"{APP}/pulls/4/reviews": reviews, **paths}) as it:
        found = await it.github.approved("acme/app", (4,))
        assert found == (frozenset({4}) if is_approved else frozenset())


async def test_who_may_write_is_asked_once_and_only_where_it_decides() -> None:
    said = {
        4: [review("eve", "APPROVED", "NONE")],
        5: [review("eve", "APPROVED", "NONE"), review("bo", "APPROVED")],
        6: [review("fay", "APPROVED", "NONE"), review("bo", "CHANGES_REQUESTED")],
    }
    paths: dict[str, Any] = {f"{APP}/pulls/{n}/reviews": rows for n, rows in said.items()}
    permission = f"{APP}/collaborators/eve/permission"
    async with canned({**paths, permission: {"permission": "read"}}) as it:
        for _ in range(2):
            assert await it.github.approved("acme/app", (4, 5, 6)) == frozenset({5})
        asked = [path for _, path, _ in it.asked if "collaborators" in path]
        assert asked == [permission]


async def test_where_github_does_not_say_who_may_write_the_reviews_are_unread() -> None:
    no = Says({"message": "Must have push access to view collaborator permission."}, 403)
    paths = {
        f"{APP}/pulls/4/reviews": [review("fay", "APPROVED", "NONE")],
        f"{APP}/collaborators/fay/permission": no,
    }
    async with canned(paths) as it:
        with pytest.raises(Fault, match="Must have push access"):
            await it.github.approved("acme/app", (4,))


async def test_of_very_many_pull_requests_the_first_are_looked_at() -> None:
    paths = {f"{APP}/pulls/{n}/reviews": [review("bo", "APPROVED")] for n in range(60)}
    async with canned(paths) as it:
        assert await it.github.approved("acme/app", range(60)) == frozenset(range(50))


async def test_only_those_that_were_not_approved_are_asked_for_again() -> None:
    said = {4: [review("bo", "APPROVED")], 5: [review("bo", "COMMENTED")]}
    async with canned({f"{APP}/pulls/{n}/reviews": rows for n, rows in said.items()}) as it:
        for _ in range(2):
            assert await it.github.approved("acme/app", (4, 5)) == frozenset({4})
        asked = [path.partition("?")[0] for _, path, _ in it.asked]
        assert asked == [f"{APP}/pulls/{n}/reviews" for n in (4, 5, 5)]


async def test_pull_requests_are_no_bugs_and_issues_may_be_switched_off() -> None:
    row = {"number": 9, "title": "Payments fail", "html_url": "https://github.test/9"}
    path = f"{APP}/issues"
    async with canned({path: [row, {**row, "number": 10, "pull_request": {}}]}) as it:
        [found] = await it.github.open_issues("acme/app", "critical") or ()
        assert (found.number, found.title, found.url) == tuple(row.values())
        [(_, asked, _)] = it.asked
        assert "labels=critical" in asked and "state=open" in asked
    async with canned({path: Says({"message": "Issues are disabled for this repo"}, 410)}) as it:
        assert await it.github.open_issues("acme/app", "critical") is None


async def test_the_files_of_a_comparison_come_with_what_was_added() -> None:
    files = [
        {
            "filename": "m/1.sql",
            "status": "added",
            "patch": "@@ -0,0 +1 @@\n+create\n-- down\n+drop",
        },
        {"filename": "m/big.sql", "status": "modified"},
    ]
    async with canned({f"{APP}/compare/a...b": comparison(files=files)}) as it:
        found = (await it.github.changes("acme/app", "a", "b")).touched
        assert [(f.path, f.status, f.added) for f in found] == [
            ("m/1.sql", "added", "create\ndrop"),
            ("m/big.sql", "modified", None),
        ]


async def test_the_runs_on_a_commit_are_told_with_their_files() -> None:
    """GitHub writes the path with the branch where it has one of its own."""
    rows = [
        {"id": 1, "path": ".github/workflows/release.yml"},
        {"id": 2, "path": ".github/workflows/rollback.yml@refs/heads/main"},
        {"id": 3, "path": "dynamic/pages/pages-build-deployment"},
        {"id": 4, "path": None},
    ]
    async with canned({"/repos/acme/app/actions/runs": {"workflow_runs": rows}}) as it:
        found = await it.github.files_of("acme/app", "c0ffee", {1, 2, 3, 4, 9})
        assert found == {1: "release.yml", 2: "rollback.yml", 3: "pages-build-deployment", 4: ""}
        assert len(it.asked) == 1
        assert await it.github.files_of("acme/app", "c0ffee", {2}) == {2: "rollback.yml"}
        assert await it.github.files_of("acme/app", "c0ffee", ()) == {}
        assert len(it.asked) == 1  # a run never becomes one of another file
        await it.github.files_of("acme/app", "c0ffee", {2, 9})
        assert len(it.asked) == 2


async def test_the_files_of_so_many_runs_are_remembered_and_no_more() -> None:
    rows = [{"id": n, "path": f".github/workflows/{n}.yml"} for n in range(MOST_FILES + 1)]
    async with canned({"/repos/acme/app/actions/runs": {"workflow_runs": rows}}) as it:
        assert await it.github.files_of("acme/app", "c0ffee", {0}) == {0: "0.yml"}
        asked = len(it.asked)
        assert await it.github.files_of("acme/app", "c0ffee", {MOST_FILES}) != {}
        assert len(it.asked) == asked
        assert await it.github.files_of("acme/app", "c0ffee", {0, 1}) == {0: "0.yml", 1: "1.yml"}
        assert len(it.asked) > asked
