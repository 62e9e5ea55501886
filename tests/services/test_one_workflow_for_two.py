"""Two services that one workflow without a request id deploys: its runs are told by their version,
so one at a time is sent; but a rollback waits for nobody.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.services.runs import lookouts
from tests.services.team import CONFIG, Team
from tests.services.test_rollback_of_what_was_sent import approved, goes_live

TOO_MANY = ", approval: {needed: 2}"
SHOP = """
  shop:
    repo: acme/web
    github_deployments: false
    environments: {production: {bake: PT1M}}
people:
"""


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    """web is live; what was sent of shop, by the same workflow, needs a person."""

    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    team = Team.of(migrated, on_dispatch)
    one_file = CONFIG.replace("  web:\n", "  web:\n    rollback_workflow: release.yml\n")
    team.config = config.parse(one_file.replace(TOO_MANY, "").replace("\npeople:\n", SHOP))
    team.desk = replace(team.desk, config=team.config)
    team.lookouts = lookouts.lookouts(team.config)
    await team.works()
    await goes_live(team, "v1.0.0", "web")
    await goes_live(team, "v1.1.0", "web")
    team.hub.answers = ["dropped"]
    await approved(team, "v1.2.0", "shop")
    for _ in range(8):
        await team.passes(30)
    stuck = await team.newest()
    assert (stuck.state, stuck.dispatch and stuck.dispatch.carries_id) == (
        State.NEEDS_ATTENTION,
        False,
    )
    yield team
    await team.close()


async def test_a_deployment_waits_for_its_turn_and_a_rollback_does_not(team: Team) -> None:
    await approved(team, "v1.3.0", "web")
    waits = await team.newest()
    assert (waits.state, waits.waiting_for) == (
        State.APPROVED,
        "Waiting: another deployment is being sent to release.yml",
    )
    assert await team.rolls_back("bo", "web") is None
    await team.works()
    started = team.hub.started[-1]
    assert (started.file, started.inputs["version"]) == ("release.yml", "v1.0.0")
    assert (await team.newest()).run_id == started.id
