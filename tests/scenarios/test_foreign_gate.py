"""Approved in Slack, and yet the run waits at GitHub for people of whom the configuration knows
nothing: what they answer there is read, and nobody is told that production may be half-way.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.workspace import Workspace, workspace


def guarded(world: World) -> None:
    outside.repo(world).environment("production", world.clock.now()).reviewers = ("dee-acme",)


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Dee is a required reviewer of production at GitHub, in a team that approves in Slack."""
    async with workspace(tmp_path, begin=guarded) as opened:
        yield opened


async def at_the_gate(team: Workspace) -> int:
    """Ana's deployment, approved by Bo; the run that waits all the same."""
    await team.asks_and_approves()
    await team.passes("PT30S")
    assert "Running\nThe run waits at a gate of GitHub's that is not mine to answer" in (
        await team.card()
    )
    return int((await team.runs_of("v1.2.1"))[-1]["id"])


async def test_a_rejection_in_the_browser_ends_it(team: Workspace) -> None:
    run = await at_the_gate(team)
    said = {"run": run, "as": "dee", "reject": True, "comment": "not today"}
    await team.post("/github/approve_gate", **said)
    await team.passes("PT70S")

    card = await team.card()
    assert "Rejected\nnot today" in card
    assert "rejected by @dee" in card
    assert "was rejected at GitHub by @dee: not today" in (await team.letters("ana"))[-1]
    assert not any("half-way" in text for text in await team.channel())


async def test_a_gate_that_times_out_is_called_that(team: Workspace) -> None:
    run = await at_the_gate(team)
    outside.gate_times_out(team.world, run)
    await team.passes("PT70S")

    assert await team.state() == "Failed"
    [card, alert] = await team.channel()
    assert "while it waited at GitHub's gate: the gate timed out" in card
    assert alert.startswith("app v1.2.1 → production: its run ended at GitHub's gate")
    assert "half-way" not in alert


async def test_who_is_asked_there_lets_it_in(team: Workspace) -> None:
    run = await at_the_gate(team)
    await team.post("/github/approve_gate", **{"run": run, "as": "dee"})
    await team.passes("PT70S")

    assert await team.state() == "Succeeded"
    card = await team.card()
    assert "approved by @bo" in card
    assert "Four eyes" not in card
