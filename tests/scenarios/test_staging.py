"""Staging: its validation by people and checks, how far it is from production, its own deploys."""

from pathlib import Path

import pytest

from tests.scenarios.test_merges import merges
from tests.scenarios.workspace import Json, Workspace, workspace


def staging(**settings: object) -> Json:
    """Rules that change staging of app."""
    return {"services": {"app": {"environments": {"staging": settings}}}}


BY_HAND = staging(checks=None)
MOST = (
    "Application loads successfully",
    "Authentication works",
    "Key user flows function correctly",
    "API endpoints respond as expected",
    "Database migrations applied successfully",
    "External integrations working",
    "No console errors or warnings",
)
LAST = "Performance acceptable"


async def line(team: Workspace) -> str:
    """What status says of staging, as one line."""
    said = await team.types("ana", "/deployments status staging")
    return " | ".join(part.strip() for part in said.splitlines()[1:])


async def form(team: Workspace, person: str) -> str:
    await team.types(person, "/deployments validate")
    return str(await team.get("/modal", **{"as": person}))


async def test_the_first_start_knows_what_runs_on_staging(team: Workspace) -> None:
    await team.passes("PT61S")
    await team.passes("PT61S")
    assert await line(team) == (
        "app staging: v1.2.1 (7ccb03b) seen live 2024-03-26 10:02 UTC"
        " | validated 2024-03-26 10:02 UTC | 3 commits ahead of production"
    )
    assert await team.channel() == []


async def test_people_sign_the_eight_items_off_in_one_form(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=BY_HAND) as team:
        await team.passes("PT2M")
        await team.types("ana", "/deployments validate")
        sent = await team.submits("ana", **{"I have checked": list(MOST)})
        assert sent["ok"]
        await team.passes("PT1S")
        assert (await team.told("ana"))[-1] == (
            "You signed off 7 items of app v1.2.1 on staging. Still open: Performance acceptable."
        )
        assert "not validated (7 of 8)" in await line(team)

        await team.types("bo", "/deployments validate app")
        await team.submits("bo", **{"I have checked": [LAST]})
        await team.passes("PT1S")
        assert "All eight items are good: validated." in (await team.told("bo"))[-1]
        assert "validated by @ana @bo 2024-03-26 10:02 UTC" in await line(team)
        trail = await team.trail("app")
        assert [(one.actor, one.action) for one in trail] == [
            ("U0ANA", "staging_signed"),
            ("U0BO", "staging_signed"),
        ]


async def test_a_newer_commit_on_staging_has_everything_to_be_validated_anew(
    tmp_path: Path,
) -> None:
    async with workspace(tmp_path, rules=BY_HAND) as team:
        await team.passes("PT2M")
        await team.types("ana", "/deployments validate")
        name = await merges(team)
        for _ in range(2):
            await team.passes("PT35S")
        sent = await team.submits("ana", **{"I have checked": [LAST]})
        assert f"Staging of app runs {name} by now" in sent["errors"]["items"]
        assert "not validated (0 of 8)" in await line(team)


async def test_only_who_may_deploy_approve_or_test_signs(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=BY_HAND) as team:
        await team.passes("PT2M")
        said = await team.types("cy", "/deployments validate")
        assert said.startswith("Only people with the role qa may sign off the validation")
        assert await team.get("/modal", **{"as": "cy"}) is None


async def test_a_check_that_fails_keeps_staging_open_and_says_why(tmp_path: Path) -> None:
    page = {"api": {"url": "http://127.0.0.1:9/", "contains": "ready"}}
    async with workspace(tmp_path, rules=staging(checks=page)) as team:
        await team.passes("PT61S")
        await team.passes("PT61S")
        assert "not validated (7 of 8, failing: api)" in await line(team)
        assert "not good: connection refused" in str(await form(team, "ana"))


async def test_a_merge_is_checked_by_itself_and_counts_as_ahead(team: Workspace) -> None:
    name = await merges(team)
    for _ in range(4):
        await team.passes("PT35S")
    said = await line(team)
    assert said.startswith(f"app staging: {name} (D2) since")
    assert "| validated 2024-03-26" in said
    assert "| 6 commits ahead of production" in said


@pytest.mark.parametrize("needed", [None, 1])
async def test_a_version_is_deployed_to_staging_without_an_approval_unless_it_is_asked_for(
    tmp_path: Path, needed: int | None
) -> None:
    rules = staging(workflow="rollback.yml", approval={"needed": needed} if needed else None)
    async with workspace(tmp_path, rules=rules) as team:
        await team.asks("/deploy v1.3.0 to staging")
        if needed:
            assert await team.state() == "Waiting for approval"
            await team.clicks("bo", "Approve")
        await team.passes("PT45S")
        [sent] = await team.dispatches()
        assert sent["path"].endswith("/rollback.yml/dispatches")


async def test_a_version_that_staging_is_ahead_of_may_be_tried_there(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=staging(workflow="rollback.yml")) as team:
        await merges(team)
        await team.passes("PT35S")
        await team.passes("PT35S")
        await team.asks("/deploy v1.2.1 to staging")
        await team.passes("PT2S")
        assert len(await team.dispatches()) == 1
        assert "v1.2.1 is older than main@" in await team.types("ana", "/deployments why D4")
