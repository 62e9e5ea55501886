"""What a team runs already, taken for what is live: of the right place, and only what deployed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot import config
from bot.domain.deployments.deployments import Deployment
from bot.ports import Tx
from bot.services.runs import adoption
from tests.services.runs import Run
from tests.services.team import Team

SHARED = """
services:
  app:
    repo: acme/app
    environments: {production: {}, staging: {workflow: release.yml}}
  shop:
    repo: acme/app
    environments: {production: {}}
"""


def ran(team: Team, title: str, conclusion: str = "success") -> Run:
    """Somebody brought a version before gonogo came."""
    team.clock.forward(3600)
    run = team.hub.begins("acme/app", "release.yml", {"version": "v1.0.0"}, "carl")
    run.title = title
    run.ends(conclusion)
    return run


async def adopts(team: Team) -> dict[str, str]:
    """What gonogo takes for live on its first day, by place."""
    desk = replace(team.desk, config=config.parse(SHARED))
    found: dict[str, str] = {}
    for service, environment, settings, place, workflow in desk.config.pipelines():
        await adoption.adopt(desk, service, environment, settings, place, workflow)
        live = await team.store.read(partial(_live, service, environment))
        if live is not None:
            found[f"{service} {environment}"] = f"{live.version} by {live.run_id}"
    return found


def _live(service: str, environment: str, tx: Tx) -> Deployment | None:
    return tx.live(service, environment)


async def test_the_run_of_another_place_is_nobody_elses(team: Team) -> None:
    ran(team, "Release app v1.1.0 to production")
    mine = ran(team, "Release app v1.2.0 to production")
    tried = ran(team, "Release app v1.3.0 to staging")
    assert await adopts(team) == {
        "app production": f"v1.2.0 by {mine.id}",
        "app staging": f"v1.3.0 by {tried.id}",
    }
    before = await team.store.read(lambda tx: tx.forerunners("app", "production"))
    assert [one.version for one in before] == ["v1.1.0", "v1.2.0"]


async def test_what_no_title_tells_is_nobodys(team: Team) -> None:
    ran(team, "Release v1.2.0")
    assert await adopts(team) == {}


async def test_what_did_not_deploy_is_not_live(team: Team) -> None:
    good = ran(team, "Release shop v1.1.0")
    ran(team, "Release shop v1.2.0").twin = True
    ran(team, "Release shop v1.3.0", "failure")
    assert await adopts(team) == {"shop production": f"v1.1.0 by {good.id}"}
