"""What a rollback left pinned is said until it is lifted, by a button or by somebody outside."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.world import World
from tests.scenarios.test_targets import card_of, deployed, rolls_back, two
from tests.scenarios.workspace import Json, Workspace, workspace


@pytest.fixture
async def pinned(tmp_path: Path) -> AsyncIterator[Workspace]:
    """v1.2.0 is live again at Vercel and App Platform, which deploy nothing now."""
    async with workspace(tmp_path, rules=two) as team:
        await deployed(team)
        await rolls_back(team)
        await team.passes("PT2M")
        assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
        yield team


async def status(team: Workspace) -> str:
    return await team.types("cy", "/deployments status app production")


async def lifts(team: Workspace) -> list[str]:
    """What was sent so as to lift a pin."""
    rows = (await team.get("/journal"))["journal"]
    changes = [row for row in rows if row["method"] in ("POST", "PATCH")]
    return [
        row["path"].rpartition("/")[2]
        for row in changes
        if row["path"].endswith("/rollback/commit") or row["path"] == "/v9/projects/app"
    ]


async def test_the_status_and_the_next_card_say_so(pinned: Workspace) -> None:
    said = await status(pinned)
    assert "Pinned: web since D3: " in said
    assert "Pinned: api since D3: App Platform deploys nothing" in said
    await pinned.asks("/deploy v1.3.0")
    card = (await pinned.channel())[-1]
    assert "🔴 web is pinned, so this version will not go live there: " in card
    assert "🔴 api is pinned, so this version will not go live there: " in card


async def test_one_click_lifts_it_everywhere_once(pinned: Workspace) -> None:
    await pinned.clicks("bo", "Lift the Pin")
    await pinned.passes("PT5S")

    assert "pinned" not in await card_of(pinned)
    assert "Lift the Pin" not in [b for row in await pinned.messages() for b in row["buttons"]]
    assert "Pinned" not in await status(pinned)
    assert sorted(await lifts(pinned)) == ["app", "commit"]
    assert [entry.action for entry in await pinned.trail("D3")][-2:] == [
        *("pin_to_be_lifted", "pin_lifted")
    ]


async def test_a_place_that_gives_no_answer_is_asked_again_and_after_a_restart(
    pinned: Workspace,
) -> None:
    await pinned.fault("digitalocean", "status:500", path="/rollback/commit", count=100)
    await pinned.clicks("bo", "Lift the Pin")
    await pinned.passes("PT20S")
    assert "being lifted" in await card_of(pinned)
    await pinned.close()
    await pinned.mends()
    await pinned.open()
    await pinned.passes("PT30S")

    assert "Pinned" not in await status(pinned)


async def test_lifted_outside_it_is_seen(pinned: Workspace) -> None:
    project = pinned.world.vercel.project("app")
    project.auto_assign = True
    await pinned.passes("PT6M")

    said = await status(pinned)
    assert "Pinned: web" not in said
    assert "Pinned: api" in said


async def test_who_may_not_deploy_may_not_lift_it(pinned: Workspace) -> None:
    await pinned.clicks("cy", "Lift the Pin")
    await pinned.passes("PT5S")
    assert "Only people with the role" in (await pinned.told("cy"))[-1]
    assert await lifts(pinned) == []


async def test_a_pin_outlives_what_went_live_after_it_and_is_lifted_from_its_own_card(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, rules=two_without_a_hold) as team:
        await deployed(team)
        await rolls_back(team)
        await team.passes("PT2M")
        await team.asks_and_approves("/deploy v1.3.0")
        await team.passes("PT3M")
        assert "v1.3.0 (D4)" in await status(team)
        assert "Pinned: web since D3: " in await status(team)
        await team.clicks("bo", "Lift the Pin")
        await team.passes("PT5S")

        assert sorted(await lifts(team)) == ["app", "commit"]
        assert "Pinned" not in await status(team)


def two_without_a_hold(world: World) -> Json:
    """The same, where what was rolled back may come again."""
    found = two(world)
    found["services"]["app"]["gates"] = {"hold": "off"}
    return found


async def test_a_rollback_that_failed_leaves_a_pin_that_can_be_lifted(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=two) as team:
        await deployed(team)
        await team.post("/targets/app_platform", blocked_by="incompatible_phase")
        await rolls_back(team)
        await team.passes("PT1M")
        assert "PARTIAL: production is mixed" in (await team.channel())[-1]
        await team.clicks("bo", "Close as Failed")
        await team.passes("PT2S")
        assert "Pinned: web since D3: " in await status(team)
        await team.clicks("bo", "Lift the Pin")
        await team.passes("PT5S")

        assert await lifts(team) == ["app"]
        assert "Pinned" not in await status(team)
