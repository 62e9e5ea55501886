"""Which pull request is a revert, and which one is that of a branch: never one from a fork."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.adapters.canned_github import canned

APP = "acme/app"
PULLS = "/repos/acme/app/pulls"
REVERT, HOTFIX = "revert-4-feature-x", "hotfix/D3-orders"
ASKED = datetime(2024, 3, 26, 10, tzinfo=UTC)
OURS, FORK, DELETED = {"id": 1}, {"id": 2}, None


def a_pull(branch: str, **more: Any) -> dict[str, Any]:
    """One that is open and was made just now, with what GitHub says of it."""
    made = more.pop("at", ASKED)
    told = {
        "number": 12,
        "html_url": "https://github.com/acme/app/pull/12",
        "state": "open",
        "created_at": f"{made:%Y-%m-%dT%H:%M:%SZ}",
        "merged_at": None,
        "head": {"ref": branch, "repo": more.pop("of", OURS)},
        "base": {"ref": "main", "repo": OURS},
    }
    return told | more


MERGED = {"state": "closed", "merged_at": "2024-03-26T10:00:00Z"}
OLD = ASKED - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (a_pull(REVERT), True),
        (a_pull(REVERT, at=OLD, **MERGED), True),
        (a_pull(REVERT, state="closed"), False),
        (a_pull("revert-44-feature-x"), False),
        (a_pull(REVERT, of=FORK), False),
        (a_pull(REVERT, of=DELETED, **MERGED), False),
    ],
    ids=["open", "merged", "given up", "of another", "of a fork", "of a deleted fork"],
)
async def test_a_revert_is_one_in_the_repository_itself(row: dict[str, Any], found: bool) -> None:
    async with canned({PULLS: [row]}) as it:
        pull = await it.github.pulls.revert_of(APP, 4)
    assert (pull is not None) is found


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (a_pull(HOTFIX), True),
        (a_pull(HOTFIX, at=OLD), True),
        (a_pull(HOTFIX, **MERGED), True),
        (a_pull(HOTFIX, at=OLD, **MERGED), False),
        (a_pull(HOTFIX, state="closed"), False),
        (a_pull(HOTFIX, of=FORK), False),
        (a_pull(HOTFIX, of=DELETED), False),
    ],
    ids=["open", "open before", "merged", "merged before", "given up", "of a fork", "deleted"],
)
async def test_the_pull_request_of_a_branch_is_of_this_time(
    row: dict[str, Any], found: bool
) -> None:
    async with canned({PULLS: [row]}) as it:
        pull = await it.github.pulls.pull_from(APP, HOTFIX, ASKED)
    assert (pull is not None) is found
    assert "head=acme" in it.asked[-1][1]
