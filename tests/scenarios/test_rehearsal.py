"""The way back stands on the card before anybody approves; what gives no answer is never a yes."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.world import World
from tests.scenarios.test_targets import deployed, host, two
from tests.scenarios.workspace import Json, Workspace, workspace

LINE = "If this goes wrong: v1.2.0, "


async def line(team: Workspace) -> str:
    """What the newest card says of the way back."""
    card = next(text for text in reversed(await team.channel()) if "If this goes wrong" in text)
    return next(row for row in card.splitlines() if "If this goes wrong" in row)


def held_up(world: World) -> Json:
    """Vercel and App Platform, and nobody deploys without a way back."""
    rules = two(world)
    rules["services"]["app"]["gates"] = {"way_back": "block"}
    return rules


@pytest.fixture
async def places(tmp_path: Path) -> AsyncIterator[Workspace]:
    async with workspace(tmp_path, rules=two) as opened:
        yield opened


async def test_by_the_workflow_when_there_are_no_targets(team: Workspace) -> None:
    await team.asks()
    assert await line(team) == f"{LINE}rollback.yml ready (about 3 min), no migrations, about 3 min"
    assert "✓ Rollback plan ready: Way back: v1.2.0 (D1)" in (await team.checklist())["rendered"]


async def test_how_long_it_took_the_last_time_is_how_long_it_is_expected_to_take(
    team: Workspace,
) -> None:
    await deployed(team)
    await team.types("bo", "/rollback because orders are lost")
    await team.clicks_own("bo", "Roll Back to v1.2.0")
    await team.passes("PT2M")
    await team.asks("/deploy v1.3.0")
    assert re.match(rf"{LINE}rollback.yml ready \(\d+ s as the last time\), ", await line(team))
    assert ", about " in await line(team)


async def test_a_workflow_whose_environment_is_not_there_is_not_called_ready(
    team: Workspace,
) -> None:
    """Its secrets are missing, unless the repository has them all."""
    del team.world.github.repositories["acme/app"].environments["production-rollback"]
    await team.asks()
    assert await line(team) == (
        f"{LINE}rollback.yml not known (GitHub has no environment production-rollback, so it "
        "would run without secrets from there), no migrations, about 3 min"
    )


async def test_every_target_says_whether_it_could(places: Workspace) -> None:
    await places.asks("/deploy v1.3.0")
    assert await line(places) == (
        f"{LINE}web Vercel eligible yes (about 10 s), "
        "api App Platform would go back yes (about 2 min), "
        "migrations reversible 🔴 no (0007_drop_legacy_column.sql), about 2 min"
    )


async def test_a_host_says_that_it_has_the_image(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=host, host=True) as team:
        await team.asks()
        await team.until(team.has_card, "PT1S")
        said = await line(team)
        assert re.match(
            rf"{LINE}web-1 image present yes \(about (\d+ s)\), no migrations, about \1", said
        )


async def test_a_closed_way_is_red_and_warned_of_until_it_opens(places: Workspace) -> None:
    await deployed(places)
    await places.post("/targets/app_platform", blocked_by="exceeded_revision_limit")
    await places.asks()  # once more: what would be gone back to is not what runs
    assert (await line(places)).startswith(
        f"🔴 {LINE}web Vercel eligible yes (about 10 s), api no ("
    )
    thread = await places.messages(thread_ts=(await places.messages())[-1]["ts"])
    assert any(
        "✗ Rollback plan ready: No way back to v1.2.0: api: " in r["rendered"] for r in thread
    )
    assert "Approve" in (await places.messages())[-1]["buttons"]

    await places.post("/targets/app_platform", blocked_by="")
    await places.passes("PT4M")
    assert await line(places) == (
        f"{LINE}web Vercel eligible yes (about 10 s), "
        "api App Platform would go back yes (about 2 min), no migrations, about 2 min"
    )


async def test_a_place_without_an_answer_is_not_known_and_stops_nobody(places: Workspace) -> None:
    await places.fault("vercel", "status:500", count=1000)
    await places.asks()
    said = await line(places)
    assert said.startswith(f"{LINE}web not known (")
    assert "yes" not in said.partition("api ")[0]

    await places.approves("bo")
    await places.passes("PT2M")
    assert await places.state() == "Succeeded"


async def test_a_team_may_let_nobody_through_without_a_way_back(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=held_up) as team:
        await deployed(team)
        await team.post("/targets/app_platform", blocked_by="incompatible_phase")
        await team.asks()
        card = (await team.channel())[-1]
        assert card.splitlines()[1] == "Blocked"
        assert "No way back to v1.2.0: api: " in card

        await team.post("/targets/app_platform", blocked_by="")
        await team.passes("PT4M")
        assert (await team.channel())[-1].splitlines()[1] == "Waiting for approval"
