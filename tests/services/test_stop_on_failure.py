"""Whether a target that refuses keeps the following ones from being switched is configured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.domain.errors import Declined
from bot.domain.rollbacks.targets import Artifact
from bot.ports import Receipt
from tests.services.team import CONFIG, Team
from tests.services.test_artifacts import NEW, OLD, Project, deploys


class Refuses(Project):
    """A project that takes no rollback."""

    async def start(self, wanted: Artifact, operation: str) -> Receipt:
        raise Declined("vercel", "HTTP 403")


@pytest.fixture
async def team(team: Team) -> Team:
    """v1.1.0 is live after v1.0.0."""
    await deploys(team, Project(), "v1.0.0")
    await deploys(team, Project(runs=NEW), "v1.1.0")
    return team


@pytest.mark.parametrize(
    ("stops", "asked", "notice"),
    [
        (True, [], "Nothing was switched. web: HTTP 403; api: not begun"),
        (False, [OLD.id], "PARTIAL: production is mixed. web: HTTP 403; api: it runs"),
    ],
)
async def test_what_follows_a_target_that_refuses(
    team: Team, stops: bool, asked: list[str], notice: str
) -> None:
    wish = f"{{bake: PT1M, stop_on_failure: {str(stops).lower()}}}"
    rules = config.parse(CONFIG.replace("{bake: PT1M}", wish, 1))
    web, api = Refuses(runs=NEW), Project(runs=NEW)
    places = {("app", "production"): (("web", web), ("api", api))}
    team.desk = replace(team.desk, config=rules, targets=places)
    assert await team.rolls_back("bo", "app") is None
    await team.works()
    await team.passes(1)
    found = await team.newest()
    assert (found.state, found.notice, api.asked) == (State.DEGRADED, notice, asked)
