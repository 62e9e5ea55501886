"""Where workflow files differ from those of every branch, a new name takes one more right."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.sandbox.github_host import TOKEN, Host, running
from tests.scenarios import outside

REFS = "/repos/acme/app/git/refs"


@pytest_asyncio.fixture
async def host() -> AsyncIterator[Host]:
    async with running() as host:
        yield host


async def at(host: Host, version: str, token: str = TOKEN) -> tuple[int, str]:
    """What a branch at that version gets: the status, and what GitHub says."""
    sha = outside.commit_of(host.world, version)
    body = {"ref": f"refs/heads/hotfix/{version}", "sha": sha}
    status, said = await host.call("POST", REFS, body, token)
    return status, said.get("message", "")


def change(host: Host) -> None:
    """A workflow of main, the only branch, is changed after v1.2.0."""
    branches = host.world.github.repositories["acme/app"].git.branches
    for name in branches.keys() - {"main"}:
        del branches[name]
    outside.commit(host.world, "Lint, too", {".github/workflows/lint.yml": "on: push\n"})


def by_app(host: Host, **rights: str) -> str:
    app = host.world.github.app
    return app.mint({"permissions": {"contents": "write", "metadata": "read", **rights}})[0]


async def test_an_app_needs_the_right(host: Host) -> None:
    change(host)
    refused = (403, "Resource not accessible by integration")
    assert await at(host, "v1.2.0", by_app(host)) == refused
    assert (await at(host, "v1.2.0", by_app(host, workflows="write")))[0] == 201


async def test_a_classic_token_needs_the_scope(host: Host) -> None:
    change(host)
    host.world.github.accounts.scopes[TOKEN] = ("repo",)
    assert await at(host, "v1.2.0") == (404, "Not Found")
    host.world.github.accounts.scopes[TOKEN] = ("repo", "workflow")
    assert (await at(host, "v1.2.0"))[0] == 201


@pytest.mark.parametrize("draft", [False, True])
async def test_a_release_that_makes_its_tag_is_held_to_the_same(host: Host, draft: bool) -> None:
    change(host)
    target = outside.commit_of(host.world, "v1.2.0")
    body = {"tag_name": "v9.0.0", "target_commitish": target, "draft": draft}
    status, _ = await host.call("POST", "/repos/acme/app/releases", body, by_app(host))
    assert status == (201 if draft else 403)


async def test_where_one_branch_has_the_same_files_nobody_needs_it(host: Host) -> None:
    outside.commit(host.world, "Lint, too", {".github/workflows/lint.yml": "on: push\n"})
    assert (await at(host, "v1.2.0", by_app(host)))[0] == 201  # a branch stands there still
    head = host.world.github.repositories["acme/app"].git.branches["main"]
    body = {"ref": "refs/heads/next", "sha": head}
    assert (await host.call("POST", REFS, body, by_app(host)))[0] == 201
