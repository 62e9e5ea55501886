"""GitHub Enterprise Server: its API lies below /api/v3, and it names no run that it starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.world import World
from tests.scenarios.workspace import Workspace, workspace


def enterprise(world: World) -> None:
    world.github_at = "/api/v3"


def enterprise_app(world: World) -> None:
    enterprise(world)
    world.github_as = "app"


async def heard(team: Workspace) -> list[str]:
    """The webhooks that the bot took."""
    rows: list[dict[str, Any]] = (await team.get("/journal", system="github"))["journal"]
    told = (row for row in rows if row["direction"] == "to_bot")
    return [row["path"] for row in told if row["status"] == 202]


@pytest.mark.parametrize("begin", [enterprise, enterprise_app], ids=["token", "app"])
async def test_a_deployment_from_the_request_to_success(
    tmp_path: Path, begin: Callable[[World], None]
) -> None:
    async with workspace(tmp_path, begin=begin) as team:
        assert team.bot is not None
        assert team.bot.settings.github_api_url == f"{team.world.base_url}/api/v3"
        await team.fault("github", "no_run_id", path="/dispatches")
        await team.asks_and_approves()
        await team.passes("PT1M")

        assert await team.state() == "Succeeded"
        assert len(await team.dispatches()) == len(await team.runs_of("v1.2.1")) == 1
        assert await heard(team)


async def test_its_protection_rule_is_answered_where_it_asks(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="ruled", begin=enterprise_app) as team:
        await team.asks()
        await team.passes("PT25S")
        await team.approves("bo")
        await team.passes("PT1M")

        assert await team.state() == "Succeeded"
        rows = (await team.get("/journal", system="github", method="POST"))["journal"]
        asked = [row for row in rows if row["path"].endswith("/deployment_protection_rule")]
        assert [(row["body"]["state"], row["status"]) for row in asked] == [("approved", 204)]


async def test_its_graphql_lies_beside_it(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=enterprise) as team:
        assert team.bot is not None
        made = await team.bot.github.pulls.revert("acme/app", 4, "Revert it", "It broke.")

        assert made.number in team.world.github.repositories["acme/app"].pulls
        rows = (await team.get("/journal", system="github", method="POST"))["journal"]
        assert [row["path"] for row in rows] == ["/graphql"]
