"""A rollback over targets takes no workflow: whatever becomes of GitHub, production goes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.deployments.states import State
from bot.domain.errors import Fault
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
