"""Runs that wait at a gate of GitHub's, and what was answered there."""

from typing import Any

from tests.scenarios.workspace import Workspace


async def at_the_gate(team: Workspace) -> dict[str, Any]:
    """Ana's request, its run at the gate; that run."""
    await team.asks()
    await team.passes("PT25S")
    assert await team.state() == "Waiting for approval"
    return (await team.runs_of("v1.2.1"))[-1]


async def answers(team: Workspace) -> list[dict[str, Any]]:
    """What the bot told GitHub's gates."""
    return await answers_at(team, "/pending_deployments")


async def answers_at(team: Workspace, end: str) -> list[dict[str, Any]]:
    """The bodies of what the bot sent to addresses with this end, oldest first."""
    rows = (await team.get("/journal", system="github", method="POST"))["journal"]
    return [row["body"] for row in rows if row["path"].endswith(end)]
