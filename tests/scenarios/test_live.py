"""What is live: what the run and production prove, told apart from what was asked for."""

from pathlib import Path

from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.workspace import Json, Workspace, workspace

MOVED = "while it was deployed; a commit that nobody approved may be live"
WITHOUT_HEALTH: Json = {"services": {"app": {"environments": {"production": {"health": None}}}}}


def tells_no_version(team: Workspace, **service: object) -> Json:
    """Rules with a health page that is well and names no version."""
    page = f"{team.world.base_url}/sandbox/api/people"
    environments = {"production": {"health": page, "deadline": "PT1M"}}
    return {"services": {"app": {"environments": environments, **service}}}


async def live(team: Workspace) -> str:
    """The line of `/deployments status` on production."""
    return (await team.types("cy", "/deployments status production")).splitlines()[1]


async def test_a_tag_that_moves_after_the_dispatch_is_no_success(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bare") as team:
        await team.asks_and_approves()
        await team.passes("PT5S")
        was = outside.commit_of(team.world, "v1.2.1")
        sha = outside.commit(team.world, "Sneaked in")
        outside.tag(team.world, "v1.2.1", sha)
        await team.passes("PT45S")

        _, alert = await team.channel()
        assert f"v1.2.1 moved {was[:7]} → {sha[:7]} {MOVED}" in alert
        assert "person has to decide" in await team.state()


async def test_a_tag_that_is_deleted_after_the_dispatch_is_no_success(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bare") as team:
        await team.asks_and_approves()
        await team.passes("PT5S")
        del outside.repo(team.world).git.tags["v1.2.1"]
        await team.passes("PT45S")

        assert f"the tag v1.2.1 was deleted {MOVED}" in (await team.channel())[1]


async def test_a_run_that_compares_the_commit_itself_needs_no_second_look(
    team: Workspace,
) -> None:
    await team.asks_and_approves()
    await team.passes("PT18S")
    outside.tag(team.world, "v1.2.1", outside.commit(team.world, "Sneaked in"))
    await team.passes("PT30S")

    assert await team.state() == "Succeeded"


async def test_nothing_is_proven_by_a_run_without_the_job_that_deploys(team: Workspace) -> None:
    team.rules = tells_no_version(team, deploy_job="ship")
    await team.reopen()
    await team.asks_and_approves()
    await team.passes("PT45S")

    why = "not proven that anything was deployed: no job ship in the run"
    assert await team.shows(f"{why}, and production tells no version")
    assert "person has to decide" in await team.state()


async def test_production_may_prove_what_the_run_does_not(tmp_path: Path) -> None:
    async with workspace(tmp_path, rules={"services": {"app": {"deploy_job": "ship"}}}) as team:
        await team.asks_and_approves()
        await team.passes("PT45S")

        assert await team.state() == "Succeeded"


async def test_what_went_live_is_live_although_it_failed(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="bake") as team:
        await team.asks_and_approves()
        await team.passes("PT5M")
        await team.post("/health", environment="production", status="bad")
        await team.passes("PT1M")
        assert "v1.2.1 (D2) degraded, live since 2024-03-26 10:00 UTC" in await live(team)
        await team.clicks("bo", "Close as Failed")
        await team.passes("PT5S")

        assert "v1.2.1 (D2) failed, live since 2024-03-26 10:00 UTC" in await live(team)
        await team.types("ana", "/deploy v1.2.0 dry-run")
        await team.passes("PT5S")
        assert "v1.2.0 is older than v1.2.1, which is live" in (await team.told("ana"))[-1]


async def test_without_a_version_from_production_the_job_that_deployed_counts(
    team: Workspace,
) -> None:
    team.rules = tells_no_version(team)
    await team.reopen()
    await team.asks_and_approves()
    await team.passes("PT45S")

    assert await team.state() == "Succeeded"
    assert "v1.2.1 (D2) since 2024-03-26 10:00 UTC" in await live(team)


async def test_a_run_that_failed_after_the_deployment_left_it_live(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT14S")
    await team.ends_run("failure", "smoke")
    await team.passes("PT10S")

    assert await team.state() == "Failed"
    assert "v1.2.1 (D2) failed, live since" in await live(team)


async def test_a_run_that_failed_before_the_deployment_changed_nothing(team: Workspace) -> None:
    await team.post("/github/preset", workflow="release.yml", script="auto_failure")
    await team.asks_and_approves()
    await team.passes("PT45S")

    assert await team.state() == "Failed"
    assert "v1.2.0 (D1) since 2024-03-19" in await live(team)


async def test_production_that_still_tells_the_old_version_runs_the_old_version(
    team: Workspace,
) -> None:
    await team.post("/health", environment="production", status="ok", version="v1.2.0")
    await team.asks_and_approves()
    await team.passes("PT14S")
    await team.ends_run("failure", "smoke")
    await team.passes("PT10S")

    assert "v1.2.0 (D1) since" in await live(team)


async def test_what_a_team_runs_is_taken_over_even_after_a_first_request(tmp_path: Path) -> None:
    def begin(world: World) -> None:
        world.faults.add(system="github", kind="status:502", path="/runs", count=50)

    async with workspace(tmp_path, rules=WITHOUT_HEALTH, begin=begin) as team:
        await team.types("ana", "/deploy v9.9.9")
        await team.passes("PT5S")
        assert "no live version known" in await live(team)
        await team.mends()
        await team.passes("PT10M")

        assert "v1.2.0 (D2) since 2024-03-19" in await live(team)


async def test_what_only_production_tells_was_seen_and_nobody_knows_since_when(
    tmp_path: Path,
) -> None:
    def begin(world: World) -> None:
        outside.answers(world, "1.2.1")

    async with workspace(tmp_path, begin=begin) as team:
        assert "v1.2.1 (D1) seen live 2024-03-26 10:00 UTC" in await live(team)


async def test_a_comparison_that_github_does_not_answer_is_waited_for(team: Workspace) -> None:
    for path in ("/compare/", "/compare/main"):
        await team.fault("github", "status:502", path=path, count=3)
    await team.asks()
    assert await team.channel() == []
    await team.passes("PT1M")

    card = await team.card()
    assert "Changes since v1.2.0\n• Add feature X (#4)" in card
    assert "3 pull requests approved · Follows v1.2.0" in card
