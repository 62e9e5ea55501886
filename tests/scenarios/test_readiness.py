"""Readiness: what keeps the bot from answering is said, and what does not keeps nobody out."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.world import World
from tests.scenarios.workspace import Workspace, workspace

ALWAYS = 100_000


async def ready(team: Workspace) -> tuple[int, list[str]]:
    """What /readyz says."""
    assert team.bot is not None
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{team.bot.url}/readyz") as answer,
    ):
        told: dict[str, Any] = await answer.json()
        return answer.status, told["reasons"]


async def test_all_is_well(team: Workspace) -> None:
    assert await ready(team) == (200, [])


@pytest.mark.parametrize("role", ["qa", "approver"])
async def test_a_user_group_that_is_gone_stops_nobody_else(tmp_path: Path, role: str) -> None:
    rules = {"roles": {role: ["S0GONE", "bo"]}}
    async with workspace(tmp_path, rules=rules) as team:
        assert await ready(team) == (
            200,
            ["Slack: there is no user group S0GONE, so nobody holds a role by it"],
        )
        await team.asks_and_approves()
        await team.passes("PT45S")
        assert await team.state() == "Succeeded"


async def test_people_who_were_read_long_ago_are_no_ground_to_act_on(team: Workspace) -> None:
    await team.fault("slack", "status:429:retry_after=60", path="users.info", count=ALWAYS)
    await team.passes("PT8M")
    status, reasons = await ready(team)
    assert (status, reasons) == (503, ["Slack: the people were read last at 2024-03-26 10:00 UTC"])
    await team.mends()
    await team.passes("PT2M")
    assert await ready(team) == (200, [])


async def test_who_is_named_is_looked_up_without_asking_for_groups(tmp_path: Path) -> None:
    rules = {"roles": {"approver": ["S0REL", "bo"]}}
    async with workspace(tmp_path, rules=rules) as team:
        await team.asks()
        await team.fault("slack", "status:500", path="usergroups.users.list", count=ALWAYS)
        await team.clicks("bo", "Approve")
        await team.passes("PT45S")
        assert await team.state() == "Succeeded"


async def test_only_who_did_not_answer_is_asked_again(tmp_path: Path) -> None:
    def github_is_away(world: World) -> None:
        world.faults.add(system="github", kind="status:502", path="/user", count=ALWAYS)

    async with workspace(tmp_path, begin=github_is_away) as team:
        status, reasons = await ready(team)
        assert status == 503 and reasons[0].startswith("GitHub: not reachable (")
        before = await asked(team, "github", "/user")
        async with asyncio.timeout(60):
            while await asked(team, "github", "/user") == before:
                await asyncio.sleep(0.05)
        # One to see whether the token is good, one for the connection itself.
        assert await asked(team, "slack", "/apps.connections.open") == 2
        await team.mends()
        async with asyncio.timeout(60):
            while await ready(team) != (200, []):
                await asyncio.sleep(0.05)


async def asked(team: Workspace, system: str, path: str) -> int:
    rows = (await team.get("/journal", system=system))["journal"]
    return sum(row["path"] == path for row in rows)
