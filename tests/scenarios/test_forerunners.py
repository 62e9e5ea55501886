"""The first `/rollback` after an installation into a team that deploys: it knows where to go."""

from pathlib import Path

from sandbox.world import World
from tests.scenarios.workspace import Workspace, workspace


def release_runs(world: World, version: str) -> list[int]:
    """The runs of the past that brought a version."""
    runs = world.github.actions.runs.values()
    return [run.id for run in runs if run.inputs.get("version") == version]


async def test_the_first_rollback_goes_to_the_version_before(team: Workspace) -> None:
    (run,) = release_runs(team.world, "v1.1.0")
    said = await team.types("bo", "/rollback because the site is down")
    assert said.startswith("Roll back app production to v1.1.0?")
    assert f"v1.1.0 is fit: released 2024-02-26 12:26 UTC before gonogo (run {run})" in said
    assert "v1.0.0 (fit)" in said
    await team.clicks_own("bo", "Roll Back to v1.1.0")
    await team.passes("PT2M")

    *_, success = await team.channel()
    assert success.startswith("⚠️ Production rollback executed")
    assert "Rolled back to: v1.1.0" in success
    said = await team.types("bo", "/rollback to v1.2.0 because it was better after all")
    assert "I do not go back to v1.2.0: left by a rollback" in said


async def test_the_history_at_github_is_read_once(team: Workspace) -> None:
    await team.reopen()
    await team.passes("PT10M")
    rows = (await team.get("/journal", system="github", method="GET"))["journal"]
    read = [row["path"] for row in rows if "/actions/runs/" in row["path"]]
    versions = ("v1.2.0", "v1.1.0", "v1.0.0")
    runs = [run for version in versions for run in release_runs(team.world, version)]
    assert sorted(read) == sorted(
        f"/repos/acme/app/actions/runs/{run}{part}" for run in runs for part in ("", "/jobs")
    )


async def test_a_run_that_ended_well_and_deployed_nothing_proves_no_version(
    tmp_path: Path,
) -> None:
    def skipped(world: World) -> None:
        (run,) = release_runs(world, "v1.1.0")
        job = world.github.actions.runs[run].deploying_job
        assert job is not None
        job.conclusion = "skipped"

    rules = {"services": {"app": {"deploy_job": "deploy"}}}
    async with workspace(tmp_path, begin=skipped, rules=rules) as team:
        said = await team.types("bo", "/rollback because the site is down")
        assert said.startswith("Roll back app production to v1.0.0?")


async def test_without_any_run_before_it_there_is_nothing_to_go_back_to(tmp_path: Path) -> None:
    def fresh(world: World) -> None:
        for version in ("v1.0.0", "v1.1.0"):
            for run in release_runs(world, version):
                del world.github.actions.runs[run]

    async with workspace(tmp_path, begin=fresh) as team:
        said = await team.types("ana", "/rollback because I say so")
        assert said.startswith("v1.2.0 is live, and I know no earlier version that is good")
