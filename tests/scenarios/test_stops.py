"""Stop Waiting: a run of a rollback that waits at GitHub is cancelled, and nothing runs twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.test_rollback import rollback_runs
from tests.scenarios.test_targets import VERCEL, card_of, rolls_back, starts, targets
from tests.scenarios.test_workflow_target import WORKERS
from tests.scenarios.undoing import RULES, asked, began, deployed, reversible, undoes
from tests.scenarios.workspace import Workspace, workspace

EXECUTED = "⚠️ Production rollback executed"


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """The way back of v1.2.1 waits at a gate of GitHub's, before Vercel."""
    async with workspace(tmp_path, rules=targets(WORKERS, VERCEL)) as opened:
        await opened.asks_and_approves()
        await opened.passes("PT2M")
        preset = {"workflow": "rollback.yml", "script": "gate_then_success"}
        await opened.post("/github/preset", **preset)
        await rolls_back(opened)
        await opened.passes("PT30S")
        yield opened


async def waiting(team: Workspace) -> str:
    """The run that waits."""
    run = (await team.get("/github/runs"))["runs"][0]
    assert run["status"] == "waiting"
    return str(run["id"])


async def lets_pass(team: Workspace) -> None:
    """From now on nothing waits at that gate."""
    await team.post("/github/preset", workflow="rollback.yml", script="auto_success")


async def cancels(team: Workspace) -> list[str]:
    """What GitHub was asked to stop."""
    rows = (await team.get("/journal", system="github", method="POST"))["journal"]
    return [row["path"].split("/runs/")[1] for row in rows if row["path"].endswith("cancel")]


async def test_it_is_cancelled_once_whatever_is_pressed_lost_or_restarted(team: Workspace) -> None:
    run = await waiting(team)
    card = await card_of(team)
    assert f"run {run} waits at the gate production-rollback of GitHub's" in card
    ts = await team.message_with("Stop Waiting")
    await team.clicks("cy", "Stop Waiting")
    await team.passes("PT1S")
    assert "may decide about a deployment" in (await team.told("cy"))[-1]
    assert await cancels(team) == []

    await team.fault("github", "status_after_apply:502", path=f"/runs/{run}/cancel")
    await team.clicks("bo", "Stop Waiting")
    await team.clicks("dee", "Stop Waiting", ts=ts, stale=True)
    await team.reopen()
    await team.passes("PT20S")
    assert (await team.told("dee"))[-1].startswith(("@bo has stopped", "Nothing was done"))
    last = (await team.channel())[-1]
    assert f"Nothing was switched. workers: run {run} was cancelled before it began" in last
    assert await starts(team, "vercel") == []
    assert [one["conclusion"] for one in await rollback_runs(team)] == ["cancelled"]
    assert "stopped_waiting" in [entry.action for entry in await team.trail("D3")]

    await lets_pass(team)
    await team.clicks("bo", "Retry workers, web")
    await team.passes("PT3M")
    assert (await team.channel())[-1].startswith(EXECUTED)
    assert [one["conclusion"] for one in await rollback_runs(team)] == ["cancelled", "success"]


async def test_what_begins_in_that_moment_is_left_alone(team: Workspace) -> None:
    run = await waiting(team)
    await team.ends_run("in_progress", "deploy")
    await team.clicks("bo", "Stop Waiting")
    await team.passes("PT20S")
    assert await cancels(team) == []
    said = next(one for one in await team.messages() if "back → production" in one["text"])
    thread = [row["rendered"] for row in await team.messages(thread_ts=said["ts"])]
    assert any(f"@bo Run {run} (workers) began its work before" in text for text in thread)
    assert "Stop Waiting" not in said["buttons"]
    await team.ends_run("success")
    await team.passes("PT2M")
    assert (await team.channel())[-1].startswith(EXECUTED)


async def test_what_github_does_not_stop_is_stopped_with_force(team: Workspace) -> None:
    run = await waiting(team)
    await team.fault("github", "status:202", path=f"/runs/{run}/cancel", count=9)
    await team.clicks("bo", "Stop Waiting")
    await team.passes("PT20S")
    assert "@bo stopped waiting, it is being cancelled" in await card_of(team)
    await team.sleeps("PT20S")
    assert await cancels(team) == [f"{run}/cancel"]
    await team.passes("PT30S")
    assert await cancels(team) == [f"{run}/cancel", f"{run}/force-cancel"]
    assert f"run {run} was cancelled before it began" in (await team.channel())[-1]


async def test_a_run_that_hangs_in_its_work_is_stopped_by_a_person(team: Workspace) -> None:
    run = await waiting(team)
    await team.ends_run("in_progress", "deploy")
    await team.passes("PT20S")
    await team.clicks("cy", "Stop the Run")
    await team.passes("PT1S")
    assert await cancels(team) == []
    await team.fault("github", "status:202", path=f"/runs/{run}/cancel", count=9)
    ts = await team.message_with("Stop the Run")
    await team.clicks("bo", "Stop the Run")
    await team.clicks("dee", "Stop the Run", ts=ts, stale=True)
    await team.passes("PT4M")
    assert "@bo stopped it, it is being cancelled, with force at " in await card_of(team)
    assert await cancels(team) == [f"{run}/cancel"]
    await team.passes("PT2M")
    assert await cancels(team) == [f"{run}/cancel", f"{run}/force-cancel"]
    last = (await team.channel())[-1]
    assert "production is mixed" in last
    assert f"run {run}: the run ended with cancelled" in last
    await lets_pass(team)
    await team.clicks("bo", "Retry workers, web")
    await team.passes("PT2M")
    assert (await team.channel())[-1].startswith(EXECUTED)


async def test_retry_follows_the_run_that_is_not_over_and_starts_no_other(team: Workspace) -> None:
    run = await waiting(team)
    for word in ("cancel", "force-cancel"):
        await team.fault("github", "status:403", path=f"/runs/{run}/{word}", count=99)
    await team.clicks("bo", "Stop Waiting")
    await team.passes("PT4M")
    last = (await team.channel())[-1]
    assert "although GitHub was asked to cancel it: cancel it there" in last
    assert "PARTIAL: production is mixed" in last

    await team.clicks("bo", "Retry workers, web")
    await team.passes("PT20S")
    assert f"run {run} waits at the gate" in await card_of(team)
    await team.message_with("Stop Waiting")
    await team.ends_run("success")
    await team.passes("PT2M")
    assert (await team.channel())[-1].startswith(EXECUTED)
    assert [str(one["id"]) for one in await rollback_runs(team)] == [run]


async def test_a_way_down_of_the_database_that_waits_is_not_begun(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=RULES, begin=reversible) as team:
        await deployed(team)
        await undoes(team)
        await team.until(lambda: began(team, "down"), "PT2S")
        await team.ends_run("waiting", "migrate")
        await team.passes("PT20S")
        await team.clicks("bo", "Stop Waiting")
        await team.passes("PT10S")

        last = (await team.channel())[-1]
        assert "Nothing was switched" in last
        assert "was cancelled before it began its work" in last
        assert await asked(team) == ["status", "verify", "down"]
        assert await rollback_runs(team) == []
