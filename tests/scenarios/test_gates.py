"""Gates: all that speaks against a version at once, on one card, with what to do about it."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.workspace import Workspace, workspace

STRICT = {"gates": {"reviewed": "block", "staging": "block"}}
NOTHING: dict[str, Any] = {
    "environments": {"production": {"health": None, "smoke": None}, "staging": None},
    "migrations": None,
    "backups": None,
    "watch": None,
}


def app(**settings: Any) -> dict[str, Any]:
    """Rules of the service `app`."""
    return {"services": {"app": settings}}


def in_trouble(world: World) -> None:
    """A critical bug is known, a review was taken back, and staging runs something else."""
    outside.open_issue(world, 11, "Payments fail", "critical")
    outside.asks_for_changes(world, 5, "dee-acme")
    outside.runs_on_staging(world, "v1.2.0")


async def test_three_reasons_stand_on_one_card_and_in_the_answer(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=app(**STRICT), begin=in_trouble) as team:
        await team.asks()

        reasons = (
            "• Not approved in a review: #5. Have it looked at at GitHub.\n"
            "• Staging runs v1.2.0 (35defec), not v1.2.1. "
            "Bring it to staging and validate it there.\n"
            "• Known critical bugs: #11 Payments fail. Fix and close them, or take the label off."
        )
        assert f"Blocked\n{reasons}" in await team.card()
        assert await team.state() == "Blocked"
        assert (await team.messages())[0]["buttons"] == ["Override", "Reject", "Cancel"]
        told = (await team.told("ana"))[-1]
        assert told.startswith("app v1.2.1 → production is blocked (D2); nothing is deployed.")
        assert reasons in told
        assert await team.letters("bo") == []
        assert await team.dispatches() == []


async def test_what_is_mended_opens_the_card_by_itself(team: Workspace) -> None:
    bug = outside.open_issue(team.world, 11, "Payments fail", "critical")
    await team.asks()
    assert await team.state() == "Blocked"
    bug.closed_at = team.world.clock.now()
    await team.passes("PT1M")
    await team.passes("PT5S")

    assert await team.state() == "Waiting for approval"
    assert "waits for your approval" in (await team.letters("bo"))[-1]
    await team.clicks("bo", "Approve")
    await team.passes("PT45S")
    assert await team.state() == "Succeeded"


async def test_red_and_running_ci_block(team: Workspace) -> None:
    await team.post("/github/preset", workflow="ci.yml", script="auto_failure")
    merged = await team.post("/github/merge", pr=8)
    await team.post("/github/tag", name="v1.4.0", sha=merged["sha"])
    await team.types("ana", "/deploy v1.4.0")
    await team.passes("PT2S")
    assert "CI is still running: " in (await team.told("ana"))[-1]
    await team.passes("PT2M")

    assert "• CI is red: " in await team.card()
    assert await team.dispatches() == []


async def test_staging_that_failed_or_was_overtaken_makes_no_commit_red(team: Workspace) -> None:
    """Its gate says so; the tests of the commit are green."""
    await team.post("/github/preset", workflow="ci.yml", script="manual")
    merged = await team.post("/github/merge", pr=8)
    await team.post("/github/tag", name="v1.4.0", sha=merged["sha"])
    run = (await team.get("/github/runs"))["runs"][0]["id"]
    await team.post(f"/github/runs/{run}/advance", to="success", job="build")
    await team.asks("/deploy v1.4.0")
    assert "CI green (2 checks)" in await team.card()  # staging still runs
    found = team.world.github.actions.runs[run]
    staging = found.job("staging")
    assert staging is not None
    found.finish_job(staging, "cancelled", team.world.clock.now())
    await team.passes("PT6M")

    assert "CI green (2 checks)" in await team.card()
    assert "CI is red" not in await team.card()


async def test_what_is_blocked_gives_way_to_the_next_request(team: Workspace) -> None:
    bug = outside.open_issue(team.world, 11, "Payments fail", "critical")
    await team.asks()
    bug.closed_at = team.world.clock.now()
    await team.types("bo", "/deploy v1.2.1")
    await team.passes("PT5S")

    first, second = await team.channel()
    assert "Cancelled\nAnother request took its place" in first
    assert "Waiting for approval" in second
    assert (await team.letters("ana"))[-1].startswith("app v1.2.1 → production (D2) was cancelled")


async def test_a_bug_found_after_the_approval_voids_it(team: Workspace) -> None:
    await team.asks()
    outside.open_issue(team.world, 11, "Payments fail", "critical")
    await team.clicks("bo", "Approve")
    await team.passes("PT10S")

    assert "Void\nKnown critical bugs: #11 Payments fail; the approval is void." in (
        await team.card()
    )
    assert await team.dispatches() == []


async def test_a_source_that_is_silent_never_passes(team: Workspace) -> None:
    await team.fault("github", "status:502", path="/issues", count=1000)
    await team.fault("github", "status:403", path="/reviews", count=1000)
    await team.types("ana", "/deploy v1.2.1")
    await team.until(lambda: team.has_card())

    card = await team.card()
    assert "• Critical bugs could not be read: " in card
    assert "Warning: Reviews could not be read: " in card
    await team.mends()
    await team.passes("PT1M")
    await team.passes("PT5S")

    assert await team.state() == "Waiting for approval"
    assert "3 pull requests approved" in await team.card()


async def test_a_source_that_falls_silent_after_the_approval_is_waited_for(
    team: Workspace,
) -> None:
    await team.asks()
    await team.fault("github", "status:502", path="/issues", count=1000)
    await team.clicks("bo", "Approve")
    await team.until(lambda: team.shows("Waiting for GitHub"))
    assert await team.dispatches() == []
    await team.mends()
    await team.passes("PT2M")

    assert await team.state() == "Succeeded"


async def test_a_new_team_deploys_on_its_first_day(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bare", rules=app(**NOTHING)) as team:
        await team.asks()

        card = await team.card()
        warned = [part.partition(" · ")[0] for part in card.split("Warning: ")[1:]]
        assert warned == [
            "No live version known; this is the first deployment",
            "Release workflow takes no sha: commit not verifiable in the run",
        ]
        assert "If this goes wrong: there is no known-good version to go back to" in card
        assert (
            "• Staging validation completed: No staging environment\n"
            "• Release notes reviewed: Release notes published\n"
            "• No critical issues reported: No open issue labelled critical\n"
            "• Team ready to monitor: Nobody is named who watches"
        ) in card
        for what in ("No paths of migrations", "Nobody holds the role qa", "No health URL"):
            assert f"Not set up: {what}" in card
        await team.approves("bo")
        await team.passes("PT45S")
        assert await team.state() == "Succeeded"


async def test_empty_notes_and_a_wrong_staging_are_warned_of(team: Workspace) -> None:
    outside.empty_notes(team.world, "v1.2.1")
    outside.runs_on_staging(team.world, "v1.3.0")
    await team.asks()

    card = await team.card()
    assert "• Release notes reviewed: The release v1.2.1 has no notes" in card
    assert "• Staging validation completed: Staging runs v1.3.0 (c25c319), not v1.2.1" in card
    assert "Approve" in (await team.messages())[0]["buttons"]


async def test_why_tells_every_decision_with_its_facts(team: Workspace) -> None:
    outside.asks_for_changes(team.world, 5, "dee-acme")
    await team.asks("/deploy v1.3.0")

    why = await team.types("cy", "/deployments why D2")
    for line in (
        "• ci passed: CI green (2 checks).",
        "• reviewed warned: Not approved in a review: #5. Have it looked at at GitHub.",
        "• staging warned: Staging runs v1.2.1 (7ccb03b), not v1.3.0. Bring it to staging",
        "• qa is not set up: Nobody holds the role qa.",
        "• bugs passed: No open issue labelled critical.",
        "• migrations warned: 1 migration: no down step in 0007_drop_legacy_column.sql; "
        "not backward compatible: 0007_drop_legacy_column.sql (drop column); "
        "not tested: migrate did not run. Have the way back and a backup ready",
        "• way_back passed: Way back: v1.2.0 (D1).",
    ):
        assert line in why


@pytest.mark.parametrize("word", ["off", False])
async def test_a_gate_that_is_off_says_nothing(tmp_path: Path, word: object) -> None:
    rules = app(gates={"bugs": word})
    async with workspace(tmp_path, rules=rules, begin=in_trouble) as team:
        await team.asks()

        assert await team.state() == "Waiting for approval"
        assert "Payments" not in await team.card()
