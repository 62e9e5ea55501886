"""The main job: a typed line becomes one run at GitHub, one card and the team's message."""

import re
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tests.scenarios import outside
from tests.scenarios.workspace import Workspace, workspace

SUCCESS = """\
✅ v1.2.1 deployed to production successfully
Changes:
- Add feature X
- Fix bug Y
- Update dependency Z
Validation:
- Health checks passing
- Smoke tests passed
- Errors in logs: not configured
- Response times normal
Monitoring:
- Uptime Kuma: not configured
- Error rate: not configured
- Performance: ✅"""


async def test_a_typed_line_becomes_the_success_message(team: Workspace) -> None:
    answer = await team.types("ana", "/deploy v1.2.1 because it is time")
    assert answer == "Checking app v1.2.1 → production (D2). The card follows in the channel."
    await team.passes("PT1S")
    await team.clicks("bo", "Approve")
    await team.passes("PT45S")

    _, success = await team.channel()

    assert success == SUCCESS
    assert [m["text"] for m in await team.messages()][1] == SUCCESS


async def test_exactly_one_run_is_asked_for_and_carries_what_was_approved(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT45S")

    [sent] = await team.dispatches()

    assert sent["path"] == "/repos/acme/app/actions/workflows/release.yml/dispatches"
    inputs = sent["body"]["inputs"]
    assert (inputs["version"], inputs["requested_by"]) == ("v1.2.1", "ana-acme")
    assert inputs["sha"] == outside.commit_of(team.world, "v1.2.1")
    assert inputs["request_id"].startswith("D2-")


async def test_one_card_is_edited_from_the_request_to_the_end(team: Workspace) -> None:
    await team.asks()
    assert await team.state() == "Waiting for approval"
    await team.passes("PT5S")
    await team.clicks("bo", "Approve")
    await team.passes("PT45S")

    passing = {"Approved, about to start", "Sending to GitHub"}  # shown if there is time to
    steps = [step for step in await team.steps() if step not in passing]
    assert steps == ["Waiting for approval", "Running", "Validating", "Succeeded"]
    card, _ = await team.channel()
    assert "requested by @ana 2024-03-26 10:00 UTC · commit " in card
    assert "approved by @bo 2024-03-26 10:00 UTC · settled 2024-03-26 10:00 UTC · run 114" in card


async def test_a_card_is_edited_at_most_once_in_three_seconds_but_for_its_end(
    team: Workspace,
) -> None:
    await team.asks_and_approves()
    await team.passes("PT45S")

    rows = (await team.get("/journal", system="slack"))["journal"]
    card = (await team.messages())[0]["ts"]
    edits = [
        datetime.fromisoformat(r["at"])
        for r in rows
        if r["path"] == "/chat.update" and r["body"]["ts"] == card
    ]
    pauses = [(later - edit).total_seconds() for edit, later in pairwise(edits[:-1])]
    assert len(pauses) > 3
    assert min(pauses) >= 3


async def test_the_card_shows_the_evidence_before_anybody_approves(team: Workspace) -> None:
    await team.asks("/deploy v1.2.1 because it is time")

    card = await team.card()

    assert "Changes since v1.2.0\n• Add feature X (#4) · ana-acme\n• Fix bug Y (#5)" in card
    assert "CI green (2 checks) · Merged to main · 3 pull requests approved · Follows v1.2" in card
    assert (
        "Before you approve\n"
        "• Staging validation completed: Staging runs v1.2.1 (7ccb03b), validated\n"
        "• Release notes reviewed: Release notes published\n"
        "• No critical issues reported: No open issue labelled critical\n"
        "• Team ready to monitor: On watch: ana, dee\n"
    ) in card
    assert "On call: dee" in card
    assert (
        "Risk: 3 commits, 3 files, 3 authors, no migrations, 6 days since the last one, "
        "Tuesday 10:00 UTC, the last one went well"
    ) in card
    assert "reason: “it is time” · expires 11:00 UTC" in card


async def test_while_it_runs_the_card_names_jobs_steps_and_elapsed_time(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT18S")

    card = await team.card()

    assert "in progress · 10 s" in card
    assert "approved by @bo 2024-03-26 10:00 UTC" in card
    assert re.search(r"guard passed in [345] s", card)  # GitHub tells whole seconds
    assert re.search(r"deploy passed in [456] s", card)
    assert "smoke in progress: " in card


async def test_approvers_are_asked_in_the_thread_and_by_direct_message(team: Workspace) -> None:
    await team.asks()

    asked = "app v1.2.1 → production (D2) waits for your approval. It expires 11:00 UTC."
    assert (await team.thread())[0] == f"@bo @dee {asked}"
    assert await team.letters("bo") == await team.letters("dee") == [asked]
    assert await team.letters("ana") == []


async def test_anybody_can_read_afterwards_who_did_what_and_when(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT45S")

    shown = await team.types("cy", "/deployments show D2")
    assert "Requested by @ana 2024-03-26 10:00 UTC\nApproved by @bo 2024-03-26 10:00 UTC" in shown
    assert "Commit 7ccb03bc30568269f180e51f8b4f5eacd3c4f23a\nRun 11400000078" in shown
    assert "Live 2024-03-26 10:00 UTC\nSettled 2024-03-26 10:00 UTC\nSmoke: passed" in shown
    assert "@bo approved" in shown.partition("Trail")[2]


async def test_history_why_and_status_tell_the_same_truth(team: Workspace) -> None:
    await team.asks_and_approves()
    assert "D2: v1.2.1 approved, about to start, by @ana" in await team.types(
        "cy", "/deployments status"
    )
    await team.passes("PT45S")

    assert (await team.types("cy", "/deployments history")).splitlines() == [
        "Deployments",
        "D2 app v1.2.1 → production · succeeded · by @ana 2024-03-26 10:00 UTC, approved by @bo",
        "D1 app v1.2.0 → production · succeeded · by @ana 2024-03-19 12:24 UTC",
    ]
    assert "ci passed: CI green (2 checks)." in await team.types("cy", "/deployments why D2")
    status = await team.types("cy", "/deployments status app")
    assert "app production: v1.2.1 (D2) since 2024-03-26 10:00 UTC" in status


async def test_a_dry_run_tells_the_plan_and_changes_nothing(team: Workspace) -> None:
    assert "Dry run of app v1.2.1" in await team.types("ana", "/deploy v1.2.1 dry-run")
    await team.passes("PT5S")

    plan = (await team.told("ana"))[-1]

    assert plan.startswith("Dry run: app v1.2.1 → production, nothing was deployed.\n• CI green")
    assert await team.channel() == []
    assert await team.dispatches() == []


async def test_while_a_dry_run_goes_on_another_one_is_not_begun(team: Workspace) -> None:
    dry_run = "/deploy v1.2.1 dry-run"
    await team.fault("github", "status:502", count=100)
    await team.asks(dry_run)

    assert await team.types("ana", dry_run) == (
        "Your dry run D2 of app v1.2.1 → production, asked for 2024-03-26 10:00 UTC, is still "
        "under way. What it finds I tell you by myself; ask again after that, or look how far it "
        "is by /deployments show D2."
    )
    assert "There is no deployment D3." in await team.types("ana", "/deployments show D3")
    assert "Dry run of app v1.2.1" in await team.types("bo", dry_run)
    await team.mends()
    await team.passes("PT1M")
    assert (await team.told("ana"))[-1].startswith("Dry run: app v1.2.1 → production")
    assert "Dry run of app v1.2.1" in await team.types("ana", dry_run)


async def test_a_workflow_that_declares_only_the_version_gets_only_that(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bare") as team:
        await team.asks()
        doubt = "Warning: Release workflow takes no sha: commit not verifiable in the run"
        assert doubt in await team.card()
        await team.approves("bo")
        await team.passes("PT45S")

        [sent] = await team.dispatches()
        assert sent["body"]["inputs"] == {"version": "v1.2.1"}
        card, success = await team.channel()
        assert "commit 7ccb03b (commit not verifiable: the run does not compare it)" in card
        assert success == SUCCESS


@pytest.mark.parametrize("seed", ["plain", "bare"])
async def test_a_run_that_github_does_not_name_is_found(tmp_path: Path, seed: str) -> None:
    async with workspace(tmp_path, seed=seed) as team:
        await team.fault("github", "no_run_id")
        await team.asks_and_approves()
        await team.passes("PT45S")

        assert len(await team.dispatches()) == 1
        assert (await team.channel())[1] == SUCCESS
        assert "gonogo run adopted" in await team.types("cy", "/deployments show D2")


@pytest.mark.parametrize("kind", [None, "webhooks:drop", "webhooks:duplicate", "webhooks:shuffle"])
async def test_it_is_the_same_over_signed_http(tmp_path: Path, kind: str | None) -> None:
    async with workspace(tmp_path, mode="http") as team:
        if kind:
            await team.fault("github", kind, count=100)
        await team.asks_and_approves()
        await team.passes("PT45S")

        assert len(await team.dispatches()) == 1
        assert (await team.channel())[1] == SUCCESS
        assert await team.state() == "Succeeded"
        rows = (await team.get("/journal", system="github"))["journal"]
        told = [row["status"] for row in rows if row["path"] == "/github/webhooks"]
        assert {*told} == (set() if kind == "webhooks:drop" else {202})
