"""Where GitHub shows what we deploy, where its releases wait at a gate of another name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot import config
from bot.domain.deployments.mirrors import Mirror
from bot.domain.errors import Declined, NotFound
from bot.services.runs import mirroring
from tests.services import team as teams
from tests.services.absent import NoMirrors
from tests.services.team import Team

pytestmark = pytest.mark.usefixtures("deploying")
GATE = "{production: {bake: PT1M, approval: {mode: github_environment, environments: [prod-eu]}}}"


@dataclass
class Page(NoMirrors):
    """GitHub's page of deployments, which takes none."""

    asked: list[str] = field(default_factory=list)

    async def find(self, repo: str, environment: str, **_: Any) -> tuple[int, bool] | None:
        self.asked.append(environment)
        raise Declined("github", "not here")


@pytest.mark.parametrize(
    ("job", "named", "place"),
    [
        ("deploy", "prod-eu", "prod-eu"),
        ("Deploy", "prod-eu", "prod-eu"),
        ("deploy", "elsewhere", "production"),
        ("deploy", "", "production"),
    ],
)
async def test_it_is_the_one_that_the_deploying_job_names_if_releases_wait_there(
    team: Team, job: str, named: str, place: str
) -> None:
    async def on_call(what: str) -> None:
        if what == "workflow" and not named:
            raise NotFound("github", "no release.yml")

    page, hub = Page(), team.hub
    hub.gates["acme/app"], hub.stands["acme/app"], hub.on_call = (
        "people",
        ((job, named),),
        on_call,
    )
    loaded = config.parse(teams.CONFIG.replace("{production: {bake: PT1M}}", GATE, 1))
    desk = replace(team.desk, mirrors=page, config=loaded)
    wish = Mirror(deployment=1, repo="acme/app", environment="production")
    await team.store.run(lambda tx: tx.add_mirror(wish))
    await mirroring.mirror(desk, 1)
    assert page.asked == [place]
