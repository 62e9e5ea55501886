"""Undo Rollback: what was rolled back runs again, once, proven, and without pin or hold."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.test_pins import status
from tests.scenarios.test_targets import (
    VERCEL,
    deployed,
    host,
    rolled_back,
    rolls_back,
    targets,
    two,
)
from tests.scenarios.test_workflow_target import DISPATCHES, WORKERS
from tests.scenarios.workspace import Workspace, workspace

WHY = "it was the load balancer all along"
AGAIN = "✅ v1.2.1 deployed to production successfully"


@pytest.fixture
async def back(tmp_path: Path) -> AsyncIterator[Workspace]:
    """v1.2.1 was rolled back at Vercel and App Platform, which are pinned now."""
    async with workspace(tmp_path, rules=two) as team:
        await deployed(team)
        await rolls_back(team)
        await team.passes("PT2M")
        assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
        yield team


async def undoes(team: Workspace, person: str = "bo") -> None:
    await team.clicks(person, "Undo Rollback")
    await team.submits(person, **{"Why may it run again?": WHY})


async def asked(team: Workspace) -> list[str]:
    """What was sent so as to bring it back, at Vercel and at App Platform."""
    rows = (await team.get("/journal", method="POST"))["journal"]
    wanted = ("/promote/", "/rollback/revert")
    return [row["system"] for row in rows if any(part in row["path"] for part in wanted)]


async def brought(team: Workspace) -> int:
    """How often the workflow that rolls back was started with v1.2.1."""
    runs = await team.runs_of("v1.2.1")
    return len([run for run in runs if run["workflow"] == "rollback.yml"])


async def test_every_target_is_taken_back_the_last_one_first_and_proven(back: Workspace) -> None:
    await undoes(back)
    await back.passes("PT2M")

    assert (await back.channel())[-1].startswith(AGAIN)
    assert await asked(back) == ["digitalocean", "vercel"]
    said = await status(back)
    assert "v1.2.1 (D4)" in said
    await back.passes("PT6M")
    assert "Pinned" not in await status(back)
    assert "is held" not in await back.types("cy", "/deployments locks")
    assert back.world.vercel.project("app").auto_assign

    rolled_back = (await back.messages())[2]
    assert "undone by D4" in rolled_back["rendered"]
    assert rolled_back["buttons"] == []
    assert "reversal_requested" in [entry.action for entry in await back.trail("D4")]
    proposed = await back.types("bo", "/rollback because it is broken after all")
    assert "Roll back app production to v1.2.0?" in proposed


async def test_pressed_twice_it_is_done_once(back: Workspace) -> None:
    await back.clicks("bo", "Undo Rollback")
    await back.clicks("dee", "Undo Rollback")
    for person in ("bo", "dee"):
        await back.submits(person, **{"Why may it run again?": WHY})
    await back.passes("PT2M")
    assert await asked(back) == ["digitalocean", "vercel"]


@pytest.mark.parametrize("kind", ["reset_after_apply", "status_after_apply:502"])
async def test_a_lost_answer_is_looked_for(back: Workspace, kind: str) -> None:
    await back.fault("vercel", kind, path="/promote/", method="POST")
    await back.fault("digitalocean", kind, path="/rollback/revert", method="POST")
    await undoes(back)
    await back.passes("PT3M")
    assert (await back.channel())[-1].startswith(AGAIN)
    assert back.world.vercel.project("app").moves[-1].startswith("promote ")
    assert len(back.world.vercel.project("app").moves) == 2


async def test_it_goes_on_after_the_bot_was_down(back: Workspace) -> None:
    await undoes(back)
    await back.passes("PT1S")
    await back.sleeps("PT1M")
    await back.passes("PT2M")
    assert (await back.channel())[-1].startswith(AGAIN)
    assert await asked(back) == ["digitalocean", "vercel"]


async def test_who_may_not_lift_a_hold_may_not_undo_and_a_lock_is_in_its_way(
    back: Workspace,
) -> None:
    for person in ("ana", "cy"):
        await back.clicks(person, "Undo Rollback")
        await back.passes("PT2S")
        assert "role approver may undo a rollback" in (await back.told(person))[-1]
    await back.types("dee", "/deployments lock app production because we look at the balancer")
    await back.clicks("bo", "Undo Rollback")
    refused = await back.submits("bo", **{"Why may it run again?": WHY})
    assert "balancer" in str(refused["errors"])
    assert await asked(back) == []


async def test_what_only_waits_there_is_in_its_way_until_it_is_cancelled(back: Workspace) -> None:
    await back.types("ana", "/deploy v1.3.0")
    await back.passes("PT2S")
    await back.clicks("bo", "Undo Rollback")
    await back.passes("PT2S")
    said = (await back.told("bo"))[-1]
    assert "D4 (v1.3.0) only waits there. Press Cancel on its card, then try again." in said
    await back.clicks("ana", "Cancel")
    await undoes(back)
    await back.passes("PT2M")
    assert (await back.channel())[-1].startswith(AGAIN)


async def test_what_went_live_since_is_not_taken_away(back: Workspace) -> None:
    ts = await back.message_with("Undo Rollback")
    await back.clicks("dee", "Lift the Pin")
    await back.passes("PT5S")
    await back.types("bo", "/rollback to v1.1.0 because v1.2.0 is bad as well")
    await back.clicks_own("bo", "Roll Back to v1.1.0")
    await back.passes("PT2M")
    card = next(one for one in await back.messages() if one["ts"] == ts)
    assert "Undo Rollback" not in card["buttons"]
    await back.clicks("bo", "Undo Rollback", ts=ts, stale=True)
    await back.passes("PT2S")
    assert "Meanwhile D4 is live, and not D3" in (await back.told("bo"))[-1]


async def test_without_targets_the_workflow_brings_it_again(tmp_path: Path) -> None:
    async with workspace(tmp_path) as team:
        await deployed(team)
        await rolls_back(team)
        await team.passes("PT3M")
        assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
        await undoes(team)
        await team.passes("PT3M")

        assert (await team.channel())[-1].startswith(AGAIN)
        run = (await team.get("/github/runs"))["runs"][0]
        assert (run["workflow"], run["inputs"]["version"]) == ("rollback.yml", "v1.2.1")


async def test_undone_is_not_said_of_an_undo_that_failed_and_it_may_be_asked_for_again(
    back: Workspace,
) -> None:
    ts = await back.message_with("Undo Rollback")
    await back.fault("digitalocean", "status:409", path="/rollback/revert", method="POST")
    await undoes(back)
    await back.passes("PT1M")
    assert "Nothing was switched" in (await back.channel())[-1]
    await back.clicks("bo", "Close as Failed")
    await back.passes("PT2S")
    card = next(one for one in await back.messages() if one["ts"] == ts)
    assert "undone by" not in card["rendered"]

    await undoes(back)
    await back.passes("PT2M")
    assert (await back.channel())[-1].startswith(AGAIN)
    card = next(one for one in await back.messages() if one["ts"] == ts)
    assert "undone by D5" in card["rendered"]


async def test_what_two_rollbacks_took_away_comes_again_everywhere(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=targets(VERCEL, WORKERS)) as team:
        await deployed(team)
        await team.post("/github/preset", workflow="rollback.yml", script="auto_failure")
        await rolls_back(team)
        await team.passes("PT2M")
        assert "PARTIAL: production is mixed" in (await team.channel())[-1]
        await team.post("/github/preset", workflow="rollback.yml", script="auto_success")
        await rolls_back(team)
        await team.passes("PT3M")
        assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")

        await undoes(team)
        await team.passes("PT3M")
        assert (await team.channel())[-1].startswith(AGAIN)
        project = team.world.vercel.project("app")
        assert [move.split()[0] for move in project.moves] == ["rollback", "promote"]
        assert project.auto_assign
        assert await brought(team) == 1


async def test_a_lost_answer_of_a_workflow_is_not_asked_for_again_at_once(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=targets(WORKERS)) as team:
        await deployed(team)
        await rolls_back(team)
        await team.passes("PT3M")
        await team.fault("github", "status:502", path=DISPATCHES)
        await undoes(team)
        await team.passes("PT20S")
        assert await brought(team) == 0  # GitHub may still show the first one
        await team.passes("PT10M")
        assert (await team.channel())[-1].startswith(AGAIN)
        assert await brought(team) == 1


async def test_what_somebody_ran_by_hand_is_undone_by_the_workflow(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=two) as team:
        await deployed(team)
        inputs = {"version": "v1.2.0"}
        await team.post("/github/start_run", workflow="rollback.yml", inputs=inputs, **{"as": "cy"})
        await team.passes("PT3M")
        assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
        await undoes(team)
        await team.passes("PT3M")
        assert (await team.channel())[-1].startswith(AGAIN)
        assert await brought(team) == 1


async def test_a_container_on_a_host_comes_again(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules=host, host=True) as team:
        await deployed(team)
        await rolls_back(team)
        await team.post("/health", environment="production", status="ok", version="v1.2.0")
        await team.until(lambda: rolled_back(team), "PT3S")
        await undoes(team)
        await team.post("/health", environment="production", status="ok", version="v1.2.1")
        await team.until(lambda: runs_again(team), "PT3S")

        containers = team.world.host.engine.containers
        running = [(one.name, one.image.version) for one in containers if one.status == "running"]
        assert running == [("app", "v1.2.1")]


async def runs_again(team: Workspace) -> bool:
    return (await team.channel())[-1].startswith(AGAIN)
