"""What somebody started at GitHub where an approved deployment is about to be sent: it is seen in
time, asked about at a calm pace, and what is only waiting there holds nothing up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import config
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.services.runs import outside
from bot.services.runs.lookouts import Lookout, new_runs
from tests.services import team as teams
from tests.services.runs import Run
from tests.services.team import Team

APP = "acme/app"
SHOP = """
  shop:
    repo: acme/app
    github_deployments: false
    environments: {production: {bake: PT1M}}
people:
"""


@pytest.fixture
def shared(team: Team) -> Team:
    """A second service whose releases the same workflow makes; its runs name neither."""
    return replace(team, config=config.parse(teams.CONFIG.replace("\npeople:\n", SHOP)))


def starts(team: Team, status: str, file: str = "release.yml") -> Run:
    run = team.hub.begins(APP, file, {"version": "v1.3.0"}, "cy-acme")
    run.status = status
    return run


async def approved(team: Team) -> None:
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()


def pause(team: Team, found: Deployment) -> timedelta:
    assert found.due_at is not None
    return found.due_at - team.clock.now()


def sent(team: Team) -> list[str]:
    return [run.request_id for run in team.hub.started if run.request_id]


async def test_a_run_that_may_be_for_it_is_asked_about_calmly(shared: Team) -> None:
    team = shared
    await approved(team)
    run = starts(team, "in_progress")
    assert await team.approves("bo", 1) is None
    await team.works()
    found = await team.newest()
    assert (found.state, sent(team)) == (State.APPROVED, [])
    assert found.waiting_for == (
        f"cy-acme started run {run.id} outside Slack. It may be for app production or shop "
        "production, and I cannot tell: cancel it at GitHub, or wait for its end"
    )
    assert pause(team, found) == timedelta(seconds=10)

    asked: list[str] = []

    async def on_call(what: str) -> None:
        asked.append(what)

    team.hub.on_call = on_call
    await team.passes(900)
    assert pause(team, await team.newest()) == timedelta(minutes=1)
    assert set(asked) == {"runs"}

    run.ends("success")
    await team.passes(60)
    assert len(sent(team)) == 1


async def test_one_that_waits_at_a_gate_and_may_be_for_another_place_holds_nothing_up(
    shared: Team,
) -> None:
    await approved(shared)
    starts(shared, "waiting")
    assert await shared.approves("bo", 1) is None
    await shared.works()
    assert len(sent(shared)) == 1


async def test_a_rollback_by_hand_is_seen_right_before_a_release_is_sent(team: Team) -> None:
    await approved(team)
    team.resting = {one.duty: team.clock.now() + timedelta(hours=1) for one in team.lookouts}
    run = starts(team, "in_progress", "rollback.yml")
    assert await team.approves("bo", 1) is None
    await team.works()
    assert sent(team) == []
    [asked, found] = await team.all()
    assert (asked.state, found.run_id) == (State.CANCELLED, run.id)


async def test_what_nobody_can_tell_is_over_once_it_has_ended(shared: Team) -> None:
    """Else its alert would be said again as soon as it is forgotten that it was said."""
    team = shared
    run = starts(team, "in_progress")
    [lookout] = [one for one in team.lookouts if (one.repo, one.workflow) == (APP, "release.yml")]
    await outside.look(team.desk, lookout)
    assert await new(team, lookout) == [run.id]
    run.ends("success")
    await outside.look(team.desk, lookout)
    assert await new(team, lookout) == []


async def new(team: Team, lookout: Lookout) -> list[int]:
    listed = await team.hub.runs(APP, "release.yml")
    found = await team.store.read(lambda tx: new_runs(tx, lookout, listed, "gonogo-bot"))
    return [run.id for run in found]
