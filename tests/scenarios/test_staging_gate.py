"""The gate of staging: this very commit, validated there, and good at this moment."""

from pathlib import Path

import pytest

from bot.domain.deployments.staging import ITEMS
from tests.scenarios.test_merges import merges
from tests.scenarios.test_staging import BY_HAND
from tests.scenarios.workspace import Json, Workspace, workspace

MUST: Json = {"services": {"app": {"gates": {"staging": "block"}}}}


async def asked(team: Workspace) -> str:
    """What the gate found when Ana asked."""
    await team.asks()
    told = await team.types("ana", "/deployments why D2")
    return next(line for line in told.splitlines() if "taging" in line).strip()


async def test_all_items_are_good_for_this_commit(team: Workspace) -> None:
    await team.passes("PT65S")
    assert "Staging runs v1.2.1 (7ccb03b), validated" in await asked(team)
    assert "Staging validation completed: Staging runs v1.2.1 (7ccb03b)" in await team.card()


async def test_a_new_team_need_not_wait_until_staging_was_looked_at(team: Workspace) -> None:
    """The request itself looks."""
    assert "Staging runs v1.2.1 (7ccb03b), validated" in await asked(team)


async def test_items_that_are_open_are_counted_and_warn(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=BY_HAND) as team:
        await team.passes("PT65S")
        open_items = "Staging runs v1.2.1, not validated: 8 of 8 items are open"
        assert open_items in await asked(team)
        assert await team.state() == "Waiting for approval"


async def test_a_team_that_insists_is_held_up_until_the_last_sign_off(tmp_path: Path) -> None:
    rules = {"services": {"app": {**MUST["services"]["app"], **BY_HAND["services"]["app"]}}}
    async with workspace(tmp_path, rules=rules) as team:
        await team.passes("PT65S")
        await team.asks()
        assert await team.state() == "Blocked"
        assert (
            "• Staging runs v1.2.1, not validated: 8 of 8 items are open. "
            "Bring it to staging and validate it there." in await team.card()
        )
        await team.types("ana", "/deployments validate")
        await team.submits("ana", **{"I have checked": list(ITEMS.values())[1:]})
        await team.passes("PT65S")
        assert "1 of 8 items are open" in await team.card()
        await team.types("bo", "/deployments validate")
        await team.submits("bo", **{"I have checked": [ITEMS["loads"]]})
        await team.passes("PT65S")
        assert await team.state() == "Waiting for approval"


async def test_what_was_validated_counts_for_no_other_commit(team: Workspace) -> None:
    await team.passes("PT65S")
    name = await merges(team)
    for _ in range(2):
        await team.passes("PT35S")
    await team.types("ana", "/deploy v1.2.1")
    await team.passes("PT2S")
    told = await team.types("ana", "/deployments why D3")
    assert f"Staging runs {name}" in told
    assert "not v1.2.1" in told


@pytest.mark.parametrize("status", ["bad", "down"])
async def test_what_was_good_proves_nothing_once_staging_is_not_well(
    tmp_path: Path, status: str
) -> None:
    async with workspace(tmp_path, rules=MUST) as team:
        await team.passes("PT65S")
        await team.post("/health", environment="staging", status=status)
        assert "Staging is not healthy: " in await asked(team)
        assert await team.state() == "Blocked"


async def test_staging_that_tells_something_else_is_believed(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=MUST) as team:
        await team.passes("PT65S")
        await team.post("/health", environment="staging", status="ok", version="v1.1.0")
        assert "Staging runs v1.1.0 (9d97395), not v1.2.1" in await asked(team)
        assert await team.state() == "Blocked"


async def test_staging_that_lost_what_was_merged_is_not_what_was_validated(
    team: Workspace,
) -> None:
    name = await merges(team)
    for _ in range(2):
        await team.passes("PT35S")
    await team.post("/health", environment="staging", status="ok", version="v1.1.0")
    await team.types("ana", "/deploy v1.2.1")
    await team.passes("PT2S")
    assert f"Staging tells v1.1.0, not {name}" in await team.types("ana", "/deployments why D3")


async def test_without_a_staging_nothing_is_claimed(tmp_path: Path) -> None:
    rules = {"services": {"app": {"environments": {"staging": None}}}}
    async with workspace(tmp_path, rules=rules) as team:
        assert "No staging environment" in await asked(team)
        assert await team.state() == "Waiting for approval"


async def test_a_staging_that_nobody_can_look_at_is_not_known(tmp_path: Path) -> None:
    silent = {"health": None, "checks": None}
    rules = {"services": {"app": {"environments": {"staging": silent}}}}
    async with workspace(tmp_path, rules=rules) as team:
        assert "It is not known what staging runs" in await asked(team)
