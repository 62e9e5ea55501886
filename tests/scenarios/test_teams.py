"""GitHub teams: who is in one holds its roles, by the login under people; who left holds none."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.slack.users import User
from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.test_readiness import ready
from tests.scenarios.workspace import Workspace, workspace

CROWD = [f"crowd{number:03}" for number in range(300)]
BY_GROUP = {"roles": {"deployer": ["S0REL"], "approver": ["bo"]}}
BY_TEAM = {"roles": {"approver": ["team:acme/release-managers"]}}
BY_BOTH = {"roles": {"approver": ["S0REL", "team:acme/release-managers"]}}
GONE = {"roles": {"approver": ["team:acme/nobody", "dee"]}}


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Approvers are the members of a GitHub team: Bo and Dee."""
    async with workspace(tmp_path, rules=BY_TEAM) as opened:
        yield opened


async def test_a_member_of_the_team_approves(team: Workspace) -> None:
    await team.asks()
    await team.clicks("cy", "Approve")
    await team.passes("PT2S")
    assert "Only people with the role approver" in (await team.told("cy"))[-1]
    await team.clicks("bo", "Approve")
    await team.passes("PT45S")
    assert await team.state() == "Succeeded"


async def test_who_left_the_team_before_the_effect_does_not_count(team: Workspace) -> None:
    await team.asks()
    team.world.github.accounts.teams["release-managers"] = ("dee-acme",)
    await team.clicks("bo", "Approve")
    await team.passes("PT10S")

    assert "Your approval does not count" in (await team.letters("bo"))[-1]
    assert await team.state() == "Waiting for approval"
    assert await team.dispatches() == []


async def test_who_joins_may_approve_a_little_later(team: Workspace) -> None:
    team.world.github.accounts.teams["release-managers"] = ("BO-acme", "cy-acme")
    await team.asks()
    await team.passes("PT3M")
    await team.clicks("cy", "Approve")
    await team.passes("PT45S")
    assert await team.state() == "Succeeded"


async def test_a_team_that_is_gone_gives_nobody_a_role_and_is_named(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=GONE) as team:
        await team.asks()
        await team.clicks("bo", "Approve")
        await team.passes("PT2S")

        assert "Only people with the role approver" in (await team.told("bo"))[-1]
        nobody = (
            "GitHub: team:acme/nobody cannot be read (404 Not Found), so nobody deploys or "
            "approves by it; who was in it may stop, close and roll back for 24 hours"
        )
        assert await ready(team) == (200, [nobody])
        await team.clicks("dee", "Approve")
        await team.passes("PT45S")
        assert await team.state() == "Succeeded"


async def test_a_team_that_gives_no_answer_takes_no_role_from_a_user_group(tmp_path: Path) -> None:
    def alone(world: World) -> None:
        outside.regroup(world, "bo")

    async with workspace(tmp_path, rules=BY_BOTH, begin=alone) as team:
        await team.fault("github", "status:502", path="/teams/", count=1000)
        outside.regroup(team.world, "cy")
        await team.passes("PT3M")
        await team.asks()
        await team.clicks("cy", "Approve")
        await team.passes("PT45S")
        assert await team.state() == "Succeeded"

        # Dee is an approver by the team alone, which holds up nothing of her other roles.
        await team.passes("PT2M")
        lock = "/deployments lock for 1h because of a migration"
        assert (await team.types("dee", lock)).startswith("L1 is set")


async def test_in_a_crowd_who_acts_is_read_first_and_slack_is_never_asked_too_fast(
    tmp_path: Path,
) -> None:
    def crowd(world: World) -> None:
        users = [User(f"U0{name.upper()}", name, name) for name in CROWD]
        world.slack.users |= {user.id: user for user in users}
        outside.regroup(world, *CROWD, "dee", "bo")

    async with workspace(tmp_path, rules=BY_GROUP, begin=crowd) as team:
        asked = ("/incident outage Nobody can log in", "/deployments status", "/deploy v1.2.1")
        for who, line in zip((*CROWD[-2:], "dee"), asked, strict=True):
            answer = await team.types(who, line)
            assert answer.startswith("I am checking who is who in Slack. Nothing was done;")
        await team.passes("PT1S")
        await team.types("dee", "/deploy v1.2.1")
        for _ in range(12):
            await team.passes("PT30S")
        await team.clicks("bo", "Approve")
        await team.passes("PT45S")

        assert await team.state() == "Succeeded"
        asked = (await team.get("/journal", system="slack"))["journal"]
        answers = [row["status"] for row in asked if row["path"] == "/users.info"]
        assert len(answers) > len(CROWD) and set(answers) == {200}
