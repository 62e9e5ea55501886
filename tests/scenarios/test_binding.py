"""Binding: an approval is for one tag object, one commit and one workflow file, or it is void."""

from pathlib import Path

import pytest

from tests.scenarios import outside
from tests.scenarios.workspace import Workspace, workspace

D4 = "d4" * 20


async def test_a_tag_that_moves_before_the_approval_voids_the_request(team: Workspace) -> None:
    await team.asks()
    await team.post("/github/tag", name="v1.2.1", sha=D4)
    await team.passes("PT2M")

    why = "v1.2.1 moved 7ccb03b → d4d4d4d since the request."
    card = await team.card()
    assert f"Void\n{why} Nothing was deployed. Ask for a new one." in card
    assert why in (await team.letters("ana"))[-1]
    assert (await team.messages())[0]["buttons"] == []


async def test_without_webhooks_the_click_on_a_moved_tag_dispatches_nothing(
    team: Workspace,
) -> None:
    await team.fault("github", "webhooks:drop", count=100)
    await team.asks()
    await team.post("/github/tag", name="v1.2.1", sha=D4)
    await team.clicks("bo", "Approve")
    await team.passes("PT10S")

    why = "v1.2.1 moved 7ccb03b → d4d4d4d since the request"
    assert why in await team.card()
    assert why in (await team.letters("ana"))[-1]
    assert why in (await team.letters("bo"))[-1]
    assert await team.dispatches() == []


async def test_a_tag_that_moves_between_approval_and_dispatch_dispatches_nothing(
    team: Workspace,
) -> None:
    await team.asks()
    await team.fault("github", "status:503", path="/git/", count=9)
    await team.clicks("bo", "Approve")
    await team.until(lambda: team.shows("Waiting for GitHub"))
    await team.post("/github/tag", name="v1.2.1", sha=D4)
    await team.passes("PT1M")

    assert "approved by @bo" in await team.card()
    assert await team.state() == "Void"
    assert "v1.2.1 moved 7ccb03b → d4d4d4d" in (await team.letters("bo"))[-1]
    assert await team.dispatches() == []


@pytest.mark.parametrize("note", ["", "The same commit, tagged again."])
async def test_a_tag_made_anew_on_the_same_commit_voids_the_approval(
    team: Workspace, note: str
) -> None:
    await team.asks()
    sha = outside.commit_of(team.world, "v1.2.1")
    outside.tag(team.world, "v1.2.1", sha, note=note)
    await team.clicks("bo", "Approve")
    await team.passes("PT10S")

    assert "the tag v1.2.1 was made anew since the request" in await team.card()
    assert await team.dispatches() == []


async def test_a_lightweight_tag_is_bound_to_its_commit_too(team: Workspace) -> None:
    sha = outside.commit_of(team.world, "v1.3.0")
    await team.post("/github/tag", name="v1.2.2", sha=sha)
    await team.asks("/deploy v1.2.2")
    await team.post("/github/tag", name="v1.2.2", sha=D4)
    await team.clicks("bo", "Approve")
    await team.passes("PT10S")

    assert f"v1.2.2 moved {sha[:7]} → d4d4d4d since the request" in await team.card()
    assert await team.dispatches() == []


async def test_a_deleted_tag_voids_the_request(team: Workspace) -> None:
    await team.asks()
    del outside.repo(team.world).git.tags["v1.2.1"]
    await team.clicks("bo", "Approve")
    await team.passes("PT10S")

    assert "Void\nit is gone from GitHub" in await team.card()
    assert await team.dispatches() == []


async def test_a_workflow_that_changes_after_the_request_voids_it(team: Workspace) -> None:
    await team.asks()
    outside.edit_workflow(team.world, "./scripts/deploy production", "./scripts/deploy everything")
    await team.clicks("bo", "Approve")
    await team.passes("PT10S")

    assert "release.yml changed since the request; the approval is void" in await team.card()
    assert "release.yml changed" in (await team.letters("bo"))[-1]
    assert await team.dispatches() == []


async def test_other_commits_on_the_branch_change_nothing(team: Workspace) -> None:
    await team.asks()
    outside.commit(team.world, "Describe the API", {"README.md": "# app\n\nAn API.\n"})
    await team.clicks("bo", "Approve")
    await team.passes("PT45S")

    assert await team.state() == "Succeeded"


async def test_a_gate_that_turns_red_after_the_approval_voids_it(tmp_path: Path) -> None:
    async with workspace(tmp_path) as team:
        await team.asks()
        outside.repo(team.world).disabled.add("release.yml")
        await team.clicks("bo", "Approve")
        await team.passes("PT10S")

        assert "Void\nThe release workflow is disabled at GitHub" in await team.card()
        assert await team.dispatches() == []
