"""What a merge brings to staging: taken over quietly, validated, and told once when it fails."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.world import World
from tests.scenarios.workspace import Json, Workspace, workspace


async def merges(team: Workspace) -> str:
    """Dee merges the open pull request; how the commit is called."""
    made = await team.post("/github/merge", pr=8, **{"as": "dee"})
    return f"main@{made['sha'][:7]}"


async def status(team: Workspace) -> list[str]:
    return (await team.types("ana", "/deployments status")).splitlines()[1:]


async def history(team: Workspace) -> list[str]:
    return (await team.types("ana", "/deployments history staging")).splitlines()[1:]


@pytest.mark.parametrize("kind", [None, "webhooks:drop", "webhooks:duplicate"])
async def test_a_merge_is_on_staging_and_in_the_history_without_a_word_in_the_channel(
    team: Workspace, kind: str | None
) -> None:
    if kind:
        await team.fault("github", kind, count=1000)
    name = await merges(team)
    for _ in range(3):
        await team.passes("PT35S")

    assert await history(team) == [
        f"D2 app {name} → staging · succeeded · merged by @dee 2024-03-26 10:00 UTC"
    ]
    assert f"app staging: {name} (D2) since 2024-03-26 10:00 UTC" in await status(team)
    assert await team.channel() == []
    shown = await team.types("ana", "/deployments show D2")
    assert "Smoke: passed" in shown
    assert "Health: 3 passes in a row" in shown


def told_of(*events: str) -> Callable[[World], None]:
    """Of all its webhooks GitHub sends these alone."""

    def begin(world: World) -> None:
        def hear(event: str, *more: Any) -> None:
            if event in events:
                world.webhooks.hear(event, *more)

        world.github.listeners[:] = [hear]

    return begin


async def seen_after(folder: Path, *events: str) -> int:
    """Seconds from a merge until that is told of staging."""
    folder.mkdir()
    async with workspace(folder, begin=told_of(*events)) as team:
        name = await merges(team)
        for seconds in range(1, 120):
            await team.passes("PT1S")
            if name in "\n".join(await status(team)):
                return seconds
    raise AssertionError("it was never seen")


@pytest.mark.parametrize("event", ["workflow_run", "deployment_status"])
async def test_what_github_tells_is_seen_before_it_is_looked_for(
    tmp_path: Path, event: str
) -> None:
    told = await seen_after(tmp_path / "told", event)
    assert told < await seen_after(tmp_path / "polled") - 5


async def test_it_works_while_it_runs_and_holds_only_staging(team: Workspace) -> None:
    name = await merges(team)
    await team.passes("PT5S")
    assert f"D2: {name} running, merged by @dee" in "\n".join(await status(team))
    await team.asks()
    assert (await team.state()) == "Waiting for approval"


async def test_ci_that_fails_after_a_merge_is_told_once(team: Workspace) -> None:
    await team.post("/github/preset", workflow="ci.yml", script="manual")
    name = await merges(team)
    await team.passes("PT5S")
    await team.ends_run("failure", "test")
    await team.passes("PT1M")
    await team.passes("PT1M")

    [alert] = await team.channel()
    assert alert.splitlines()[:2] == [
        f"app staging did not get {name} (D2)",
        "The run ended with failure in test",
    ]
    assert "merged by @dee" in alert


async def test_staging_that_is_not_well_after_a_merge_is_told_once_and_stays_free(
    tmp_path: Path,
) -> None:
    soon: Json = {"services": {"app": {"environments": {"staging": {"deadline": "PT12S"}}}}}
    async with workspace(tmp_path, rules=soon) as team:
        await team.post("/health", environment="staging", status="bad")
        name = await merges(team)
        await team.passes("PT35S")
        await team.passes("PT1M")

        [alert] = await team.channel()
        assert alert.splitlines()[0] == f"app staging is not well after {name} (D2)"
        assert "not healthy within 0.2 min: HTTP 500" in alert
        assert f"app staging: {name} (D2) failed" in "\n".join(await status(team))


async def test_a_merge_that_deploys_nothing_says_nothing(team: Workspace) -> None:
    await team.post("/github/preset", workflow="ci.yml", script="manual")
    await merges(team)
    await team.passes("PT5S")
    run = (await team.get("/github/runs"))["runs"][0]["id"]
    await team.post(f"/github/runs/{run}/advance", to="success", job="build")
    found = team.world.github.actions.runs[run]
    staging = found.job("staging")
    assert staging is not None
    found.finish_job(staging, "skipped", team.world.clock.now())
    await team.passes("PT1M")

    assert await team.channel() == []
    assert "staging was skipped: nothing was deployed" in await team.types(
        "ana", "/deployments show D2"
    )


async def test_a_merge_under_way_survives_restarts(team: Workspace) -> None:
    name = await merges(team)
    for _ in range(5):
        await team.passes("PT7S")
        await team.reopen()
    await team.passes("PT20S")

    assert [line.split(" · ")[:2] for line in await history(team)] == [
        [f"D2 app {name} → staging", "succeeded"]
    ]


async def test_a_second_merge_waits_for_its_turn(team: Workspace) -> None:
    await team.post("/github/preset", workflow="ci.yml", script="manual")
    first = await merges(team)
    await team.passes("PT5S")
    world = team.world
    here = world.github.repositories["acme/app"]
    workflow = here.workflow("ci.yml")
    assert workflow is not None
    sha = here.git.branches["main"]
    details: Json = {"event": "push", "branch": "main", "sha": sha, "actor": "bo-acme"}
    second = world.github.actions.start(here, workflow, **details).id
    await team.passes("PT40S")
    assert len(await history(team)) == 1

    one = (await team.get("/github/runs"))["runs"][1]["id"]
    await team.post(f"/github/runs/{one}/advance", to="success")
    await team.passes("PT1M")
    await team.post(f"/github/runs/{second}/advance", to="success")
    await team.passes("PT1M")
    assert [line.split(" · ")[0] for line in await history(team)] == [
        f"D3 app {first} → staging",
        f"D2 app {first} → staging",
    ]
    assert await team.channel() == []
