"""A workflow as one target among several: its run is started once, and is nobody else's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios import outside
from tests.scenarios.test_rollback import rollback_runs
from tests.scenarios.test_targets import VERCEL, card_of, rolls_back, starts, succeeded, targets
from tests.scenarios.workspace import Json, Workspace, workspace

WORKERS: Json = {"kind": "github_workflow", "name": "workers"}
DISPATCHES = "/workflows/rollback.yml/dispatches"


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """v1.2.1 is live and well; back it goes by a workflow, then at Vercel."""
    async with workspace(tmp_path, rules=targets(WORKERS, VERCEL)) as opened:
        await opened.asks()
        ready = "workers ready (about 3 min), web Vercel eligible yes"
        await opened.until(lambda: opened.shows(ready), "PT1S")
        await opened.approves("bo")
        await opened.until(lambda: succeeded(opened), "PT30S")
        yield opened


async def test_its_run_is_a_step_like_any_other_and_no_deployment_of_its_own(
    team: Workspace,
) -> None:
    await rolls_back(team)
    await team.passes("PT3M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    card = await card_of(team)
    assert "• workers succeeded" in card
    assert "• web succeeded" in card
    [run] = await rollback_runs(team)
    assert run["inputs"]["version"] == "v1.2.0"
    assert run["inputs"]["sha"] == outside.commit_of(team.world, "v1.2.0")
    said = await team.types("cy", "/deployments history")
    assert "D4" not in said  # the run is a part of D3


async def test_where_it_fails_the_next_target_is_left_alone_and_retry_starts_another(
    team: Workspace,
) -> None:
    await team.post("/github/preset", workflow="rollback.yml", script="auto_failure")
    await rolls_back(team)
    await team.passes("PT2M")
    assert "PARTIAL: production is mixed. workers: run" in (await team.channel())[-1]
    assert await starts(team, "vercel") == []

    await team.post("/github/preset", workflow="rollback.yml", script="auto_success")
    await team.clicks("bo", "Retry workers, web")
    await team.passes("PT3M")
    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert len(await rollback_runs(team)) == 2
    assert len(await starts(team, "vercel")) == 1


@pytest.mark.parametrize("kind", ["status_after_apply:502", "status:502"])
async def test_a_lost_answer_is_looked_for_and_its_run_is_there_once(
    team: Workspace, kind: str
) -> None:
    await team.fault("github", kind, path=DISPATCHES)
    await rolls_back(team)
    await team.passes("PT10S")
    await team.reopen()
    await team.passes("PT10M")

    assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
    assert len(await rollback_runs(team)) == 1


async def test_a_workflow_without_a_guard_is_no_way_back(tmp_path: Path) -> None:
    rules = targets({**WORKERS, "workflow": "ci.yml"})
    async with workspace(tmp_path, rules=rules) as team:
        await team.asks()
        assert "workers no (ci.yml needs inputs that I cannot fill" in await team.card()
