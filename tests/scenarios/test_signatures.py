"""Signatures: items that people sign, and what Approve asks of them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios import outside
from tests.scenarios.workspace import Workspace, workspace

WITH_QA: dict[str, Any] = {
    "people": {"cy": {"slack": "U0CY", "github": "cy-acme"}},
    "roles": {"qa": ["cy"]},
    "services": {"app": {"gates": {"qa": "block"}}},
}


@pytest.fixture
async def by_hand(tmp_path: Path) -> AsyncIterator[Workspace]:
    """A team whose backups lie where nobody reads of them."""
    async with workspace(tmp_path, rules={"services": {"app": {"backups": None}}}) as made:
        yield made


async def test_approve_asks_only_for_what_nothing_was_read_for(by_hand: Workspace) -> None:
    team = by_hand
    await team.asks("/deploy v1.3.0")
    assert (await team.clicks("bo", "Approve"))["modal"]
    form = await team.get("/modal", **{"as": "bo"})
    labels = [b["label"]["text"] for b in form["blocks"] if b["type"] == "input"]
    assert labels == ["Staging validation completed", "Backup id", "Age of the backup"]
    filled = {
        "Staging validation completed": ["staging"],
        "Backup id": "bk-77",
        "Age of the backup": "2 h",
    }
    said = await team.submits("bo", **(filled | {"Backup id": "  "}))
    assert said["errors"] == {"backup": "Say which backup there is, by its id."}
    said = await team.submits("bo", **(filled | {"Age of the backup": " "}))
    assert said["errors"] == {"backup_age": "Say how old it is, for example: 2 h"}
    assert "signed_off" not in {e.action for e in await team.trail("D2")}
    await team.submits("bo", **filled)
    await team.passes("PT2S")

    assert (await team.told("bo"))[-1].startswith("You approved app v1.3.0")
    trail = [(e.actor, e.action, e.detail.get("item")) for e in await team.trail("D2")]
    assert trail[trail.index(("U0BO", "signed_off", "staging")) :][:3] == [
        ("U0BO", "signed_off", "staging"),
        ("U0BO", "signed_off", "backup"),
        ("U0BO", "approved", None),
    ]
    why = await team.types("cy", "/deployments why D2")
    assert "• Staging validated signed off by @bo" in why
    assert "• Backup signed off by @bo 2024-03-26 10:00 UTC: bk-77, 2 h old" in why
    await team.passes("PT45S")
    assert await team.state() == "Succeeded"


async def test_a_form_of_approve_that_was_overtaken_explains_itself(by_hand: Workspace) -> None:
    team = by_hand
    await team.asks("/deploy v1.3.0")
    await team.clicks("bo", "Approve")
    await team.clicks("ana", "Cancel")
    await team.submits(
        "bo",
        **{"Staging validation completed": ["staging"], "Backup id": "b", "Age of the backup": "1"},
    )
    await team.passes("PT5S")

    assert (await team.told("bo"))[-1].startswith("Nothing was done: D2 (v1.3.0) is cancelled")
    assert "signed_off" not in {e.action for e in await team.trail("D2")}
    assert await team.dispatches() == []


async def test_the_list_stands_in_the_thread_and_is_signed_there(team: Workspace) -> None:
    outside.runs_on_staging(team.world, "v1.2.0")
    await team.asks()
    assert await team.channel() == [await team.card()]
    listed = await team.checklist()
    assert "✓ All tests passing: CI green (2 checks)" in listed["rendered"]
    assert "✗ Staging validated: Staging runs v1.2.0 (35defec), not v1.2.1" in listed["rendered"]
    assert "○ Workflow triggered\n" in listed["rendered"]
    no_monitors = "Health answers, and no monitors are configured"
    assert f"○ Monitoring configured: {no_monitors}" in listed["rendered"]
    assert listed["buttons"] == ["Sign Off Staging validated", "Sign Off Monitoring configured"]
    await team.clicks("bo", "Sign Off Staging validated", ts=listed["ts"])
    await team.passes("PT5S")

    assert (await team.told("bo"))[-1] == (
        "You signed “Staging validated” of app v1.2.1 → production (D2) off."
    )
    signed = await team.checklist()
    assert (
        "✓ Staging validated: Staging runs v1.2.0 (35defec), not v1.2.1, signed off by @bo"
        in (signed["rendered"])
    )
    assert signed["buttons"] == ["Sign Off Monitoring configured"]
    assert "Staging validation completed: signed off by @bo" in await team.card()
    await team.clicks("dee", "Sign Off Staging validated", ts=listed["ts"], stale=True)
    await team.clicks("dee", "Approve")
    await team.passes("PT45S")
    assert "“Staging validated” of D2 needs no name (any more)." in await team.told("dee")
    assert await team.state() == "Succeeded"


async def test_after_the_deployment_the_list_fills_itself(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT45S")

    shown = await team.types("cy", "/deployments show D2")
    for line in (
        "✓ Tag created: v1.2.1 is 7ccb03b",
        "✓ Approval obtained, by @bo 2024-03-26 10:00 UTC",
        "✓ Deployment completed: the run ended well",
        "✓ Health checks passing: 3 passes in a row",
        "✓ Health check endpoint returns success: 3 passes in a row",
        "○ Authentication works: not checked\n",
        "○ No spike in error rates: not checked\n",
        "✓ No alerts triggered: none about app since it is live",
        "✓ Application validated: validation passed",
        "○ No errors in logs",
        "✓ Performance acceptable: ",
        "✓ Team notified of success: the ✅ message in the channel",
        "– Issue documented, Rollback executed, Root cause identified, Hotfix planned, ",
    ):
        assert line in shown
    listed = await team.checklist()
    assert listed["buttons"] == [
        "Sign Off Application loads in browser",
        "Sign Off Authentication works",
        "Sign Off Critical user flows tested",
        "Sign Off API endpoints responding correctly",
        "Sign Off No spike in error rates",
        "Sign Off Uptime Kuma shows service UP",
        "Sign Off No errors in logs",
    ]
    await team.clicks("ana", "Sign Off Authentication works", ts=listed["ts"])
    await team.passes("PT5S")
    assert "✓ Authentication works, signed off by @ana" in (await team.checklist())["rendered"]


async def test_who_holds_no_role_signs_nothing(team: Workspace) -> None:
    outside.runs_on_staging(team.world, "v1.2.0")
    await team.asks()
    listed = await team.checklist()
    await team.clicks("cy", "Sign Off Staging validated", ts=listed["ts"])
    await team.passes("PT2S")

    assert (await team.told("cy"))[-1].startswith("Only people with the role deployer may sign")


async def test_qa_signs_a_commit_once(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=WITH_QA) as team:
        await team.asks()
        assert "• QA has not signed 7ccb03b off. Somebody with the role qa presses" in (
            await team.card()
        )
        listed = await team.checklist()
        await team.clicks("dee", "Sign Off QA", ts=listed["ts"])
        await team.passes("PT2S")
        assert (await team.told("dee"))[-1].startswith("Only people with the role qa may sign QA")
        await team.clicks("cy", "Sign Off QA", ts=listed["ts"])
        await team.passes("PT5S")
        assert await team.state() == "Waiting for approval"
        await team.clicks("ana", "Cancel")
        await team.asks()
        await team.passes("PT5S")

        assert "QA signed 7ccb03b off (cy)" in (await team.channel())[1]
        await team.clicks("bo", "Approve")
        await team.passes("PT45S")
        assert "Succeeded" in (await team.channel())[1]
