"""Who leads an incident is assigned to its post-mortem at GitHub, also when somebody else does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.test_incident_ends import OUTAGE, message, root
from tests.scenarios.workspace import Workspace, workspace

WITHOUT_LOGIN = {"people": {"cy": {"slack": "U0CY", "github": None}}}


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    async with workspace(tmp_path, rules=WITHOUT_LOGIN) as opened:
        yield opened


def assigned(team: Workspace) -> tuple[str, ...]:
    found = team.world.github.repositories["acme/app"].issues.values()
    [draft] = (issue for issue in found if issue.title.startswith("Post-mortem"))
    return draft.assignees


async def leads(team: Workspace, person: str) -> None:
    await team.clicks("bo", "Assign Lead", ts=await root(team))
    await team.submits("bo", Lead=person)
    await team.passes("PT5S")


async def test_the_draft_is_assigned_to_whoever_leads(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    await team.clicks("bo", "Restored", ts=await root(team))
    await leads(team, "bo")
    issue = list(team.world.github.repositories["acme/app"].issues.values())[-1]
    issue.assignees = ("bo-acme", "eve-acme")  # somebody added a second one at GitHub
    await leads(team, "dee")
    assert assigned(team) == ("eve-acme", "dee-acme")


async def test_what_github_says_to_another_assignee_stands_on_the_message(team: Workspace) -> None:
    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    await team.clicks("bo", "Restored", ts=await root(team))
    await team.passes("PT5S")
    assert assigned(team) == ("ana-acme",)

    await team.fault("github", "status_after_apply:502", path="/assignees")
    await leads(team, "dee")
    assert "(dee-acme is not assigned yet, waiting for GitHub: " in await message(team)
    await team.passes("PT2M")
    assert assigned(team) == ("dee-acme",) and "waiting for" not in await message(team)

    await team.fault("github", "status:403", path="/assignees")
    await leads(team, "bo")
    assert "(GitHub did not assign bo-acme: " in await message(team)
    assert assigned(team) == ("dee-acme",)
    await team.passes("PT1H")
    assert assigned(team) == ("bo-acme",) and "did not assign" not in await message(team)

    team.world.github.logins["ana"] = ""  # has lost the access to the repository
    await leads(team, "ana")
    assert "(GitHub did not assign ana-acme: see their access)" in await message(team)
    await leads(team, "cy")
    assert "login of its owner at GitHub is not configured, so its assignee stays" in (
        await message(team)
    )
    assert assigned(team) == ("bo-acme",)
