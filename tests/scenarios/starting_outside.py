"""Runs that people start beside the bot, and what it says is live then."""

from tests.scenarios.workspace import Workspace


async def starts(team: Workspace, person: str, version: str = "v1.2.1") -> int:
    """`gh workflow run release.yml -f version=…`; the id of the run."""
    inputs = {"version": version}
    made = await team.post(
        "/github/start_run", workflow="release.yml", inputs=inputs, **{"as": person}
    )
    return int(made["id"])


async def status(team: Workspace) -> str:
    return await team.types("ana", "/deployments status production")
