"""The bot as a GitHub App: one of its short tokens may end in the middle of a deployment."""

from pathlib import Path

from sandbox.world import World
from tests.scenarios.workspace import workspace


def as_app(world: World) -> None:
    world.github_as = "app"


async def test_a_deployment_as_the_app(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=as_app) as team:
        await team.asks_and_approves()
        await team.passes("PT45S")

        assert await team.state() == "Succeeded"
        [run] = await team.runs_of("v1.2.1")
        assert run["actor"] == "gonogo[bot]"


async def test_a_token_that_ends_in_the_middle_of_a_deployment(tmp_path: Path) -> None:
    async with workspace(tmp_path, begin=as_app) as team:
        await team.asks()
        await team.post("/github/expire_tokens")
        await team.clicks("bo", "Approve")
        await team.passes("PT5S")
        assert await team.state() == "Running"
        await team.post("/github/expire_tokens")
        await team.passes("PT45S")

        assert await team.state() == "Succeeded"
        assert await team.dispatches() != []
        assert len(await team.runs_of("v1.2.1")) == 1


async def test_a_run_is_found_again_by_the_login_of_the_app(tmp_path: Path) -> None:
    """Where the workflow carries no request id, only its actor tells the run from others."""
    async with workspace(tmp_path, seed="bare", begin=as_app) as team:
        await team.fault("github", "status_after_apply:502", path="/dispatches")
        await team.asks_and_approves()
        await team.passes("PT60S")

        assert await team.state() == "Succeeded"
        assert len(await team.dispatches()) == 1
