"""Replacing: a newer version takes the place of an older one that only waits."""

from tests.scenarios import outside
from tests.scenarios.workspace import Workspace


async def tagged(team: Workspace) -> None:
    """v1.2.2 is there, on a commit that CI found good."""
    outside.tag(team.world, "v1.2.2", outside.commit_of(team.world, "v1.2.1"))
    await team.passes("PT1M")


async def test_an_older_version_that_waits_gives_way_by_one_click(team: Workspace) -> None:
    await tagged(team)
    await team.asks()
    offer = await team.types("bo", "/deploy v1.2.2 because it has the fix")
    assert offer == (
        "app v1.2.1 → production (D2) waits there. Nothing of it has been sent to GitHub, "
        "so v1.2.2 may take its place."
    )
    assert await team.state() == "Waiting for approval"

    await team.clicks_own("bo", "Replace D2")
    await team.passes("PT2S")

    assert (await team.card()).splitlines()[1:3] == ["Cancelled", "Superseded by v1.2.2"]
    assert await team.shows("superseded by @bo")
    newer = (await team.channel())[1]
    assert newer.splitlines()[:2] == ["app v1.2.2 → production", "Waiting for approval"]
    assert "requested by @bo" in newer and "reason: “it has the fix”" in newer
    assert (await team.letters("ana"))[-1] == (
        "app v1.2.1 → production (D2) was not deployed: @bo asked for v1.2.2 in its place."
    )
    assert (await team.told("bo"))[-1].startswith(
        "D2 (v1.2.1) is cancelled. Checking app v1.2.2 → production (D3)."
    )
    trail = [row.action for row in await team.trail("D2")]
    assert trail[-2:] == ["replacement_offered", "superseded"]


async def test_a_replacement_comes_too_late_for_what_was_approved(team: Workspace) -> None:
    await tagged(team)
    await team.asks()
    await team.types("ana", "/deploy v1.2.2")
    await team.clicks("bo", "Approve")
    await team.passes("PT5S")
    await team.clicks_own("ana", "Replace D2")
    await team.passes("PT2S")

    assert (await team.told("ana"))[-1].startswith("Nothing was done: D2 (v1.2.1) is")
    assert len(await team.channel()) == 1
    assert len(await team.dispatches()) == 1
    taken = await team.types("ana", "/deploy v1.2.2")
    assert taken.startswith("app production is taken by D2")


async def test_what_is_not_newer_waits_its_turn_and_who_may_not_deploy_replaces_nothing(
    team: Workspace,
) -> None:
    await team.asks()
    for version in ("v1.2.1", "v1.2.0"):
        answer = await team.types("bo", f"/deploy {version}")
        assert answer.startswith("app production is taken by D2 (v1.2.1, Waiting for approval)")
    assert "Only people with the role deployer" in await team.types("cy", "/deploy v1.2.2")


async def test_where_the_newer_one_is_refused_the_older_one_still_waits(team: Workspace) -> None:
    await tagged(team)
    await team.asks()
    await team.types("bo", "/incident moderate the footer is crooked")
    await team.passes("PT5S")
    offer = await team.types("bo", "/deploy v1.2.2 hotfix INC-1 because it straightens it")
    assert "v1.2.2 may take its place" in offer
    rows = await team.messages()
    root = next(str(row["ts"]) for row in rows if "INC-1 ·" in row["rendered"])
    await team.clicks("bo", "Close", ts=root)
    await team.submits("bo", **{"Close as": "False positive"})

    await team.clicks_own("bo", "Replace D2")
    await team.passes("PT2S")
    assert (await team.told("bo"))[-1].startswith("INC-1 is closed")
    assert await team.state() == "Waiting for approval"
    assert await team.letters("ana") == []
    await team.clicks("bo", "Approve")
    await team.passes("PT5S")
    assert len(await team.dispatches()) == 1
