"""A rollback over targets takes no workflow: whatever becomes of GitHub, production goes back. By a
workflow it waits for GitHub, aloud.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.deployments.states import State
from bot.domain.errors import Fault
from bot.messages.deployments.cards import card
from tests.services.team import Team
from tests.services.test_artifacts import NEW, OLD, Project, deploys


@pytest.fixture
async def team(team: Team) -> Team:
    """v1.1.0 is live after v1.0.0."""
    await deploys(team, Project(), "v1.0.0")
    await deploys(team, Project(runs=NEW), "v1.1.0")
    return team


def silent(team: Team) -> None:
    async def on_call(call: str) -> None:
        raise Fault("github", "502")

    team.hub.on_call = on_call


def untagged(team: Team) -> None:
    del team.hub.tagged["acme/app", "v1.0.0"]


def without_workflows(team: Team) -> None:
    team.hub.blobs.clear()


@pytest.mark.parametrize("happens", [silent, untagged, without_workflows])
async def test_github_holds_up_no_rollback_over_targets(
    team: Team, happens: Callable[[Team], None]
) -> None:
    project = Project(runs=NEW)
    team.desk = replace(team.desk, targets={("app", "production"): (("web", project),)})
    happens(team)
    assert await team.rolls_back("bo", "app") is None
    await team.works()
    await team.passes(1)
    rollback = await team.newest()
    assert (project.asked, rollback.state) == ([OLD.id], State.SUCCEEDED)
    assert rollback.short_sha == "100aaaa"


async def test_by_a_workflow_it_waits_for_github_and_everybody_reads_so(team: Team) -> None:
    team.desk = replace(team.desk, targets={})
    silent(team)
    assert await team.rolls_back("bo", "app") is None
    await team.works()
    waiting = await team.newest()
    assert waiting.state is State.APPROVED
    assert "Waiting for GitHub (502), next try " in str(card(waiting, team.clock.now()))
    assert await alerts(team) == []
    for _ in range(8):
        await team.passes(60)
    [alert] = await alerts(team)
    assert alert == (
        "app v1.0.0 back → production (D3) has not begun\n"
        "Waiting for GitHub (502); its workflow is started as soon as there is an answer."
    )
    team.hub.on_call = None
    await team.passes(60)
    assert team.hub.started[-1].inputs["version"] == "v1.0.0"


async def alerts(team: Team) -> list[str]:
    """What stands in the channel about it, besides its card."""
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return [post.message.text for post in posts if post.key.startswith("notice:3:")]
