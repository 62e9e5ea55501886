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
from bot.messages.deployments.cards import card
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


API_AND_SHOP = """
  shop:
    repo: acme/api
    github_deployments: false
    environments: {production: {bake: PT1M}}
people:
"""


async def put_off(team: Team) -> tuple[Team, Run]:
    """Ana asks for a deployment whose run would wait at GitHub's gate; Carl's run, which may be for
    another service, goes on.
    """
    team = replace(team, config=config.parse(teams.CONFIG.replace("\npeople:\n", API_AND_SHOP)))
    run = team.hub.begins("acme/api", "release.yml", {"version": "v1.3.0"}, "carl")
    run.status = "in_progress"
    team.hub.past.add(run.id)
    await team.works()
    assert await team.asks("ana", "v1.1.0", "api") is None
    await team.works()
    return team, run


async def test_what_would_wait_at_githubs_gate_has_a_card_that_tells_what_it_waits_for(
    team: Team,
) -> None:
    team, run = await put_off(team)
    found = await team.newest()
    assert [one.deployment for one in await team.store.read(lambda tx: tx.stale_cards())] == [1]
    shown = str(card(found, team.clock.now()))
    assert "Waiting to begin" in shown
    assert f"carl started run {run.id} outside Slack. It may be for api production or " in shown
    assert ("'Cancel'" in shown, "'Approve'" in shown) == (True, False)
    assert [found.waiting_for, sent(team)] == [
        f"carl started run {run.id} outside Slack. It may be for api production or shop "
        "production, and I cannot tell: cancel it at GitHub, or wait for its end",
        [],
    ]
    no = await team.approves("bo", 1)
    assert str(no) == (
        "Nothing was done: D1 (v1.1.0) is begun once nothing is in its way, and waits for approval "
        "at GitHub's gate then."
    )
    no = await team.asks("bo", "v1.0.0", "api")
    assert str(no).startswith("api production is taken by D1 (v1.1.0, Waiting to begin)")
    assert await team.cancels("ana", 1) is None
    assert (await team.newest()).state is State.CANCELLED


async def test_it_looks_at_runs_alone_and_begins_when_that_one_is_over(team: Team) -> None:
    team, run = await put_off(team)
    asked: list[str] = []

    async def on_call(what: str) -> None:
        asked.append(what)

    team.hub.on_call = on_call
    for _ in range(5):
        await team.passes(60)
    assert set(asked) == {"runs"}
    assert len(asked) < 25
    run.ends("success")
    await team.passes(60)
    await team.passes(5)
    found = await team.newest()
    assert (found.state, found.waiting_for) == (State.AWAITING_APPROVAL, "")
    assert team.hub.run_of(found.run_id or 0).status == "waiting"
    await is_let_in_by_bo(team, found)


async def is_let_in_by_bo(team: Team, waiting: Deployment) -> None:
    assert await team.approves("bo", waiting.id) is None
    await team.works()
    assert team.hub.run_of(waiting.run_id or 0).status == "in_progress"


async def test_what_began_late_has_its_approvers_time_from_then_on(team: Team) -> None:
    """57 minutes of the hour went by before it could begin."""
    team, run = await put_off(team)
    for _ in range(57):
        await team.passes(60)
    run.ends("success")
    await team.passes(60)
    await team.passes(5)
    found = await team.newest()
    assert (found.state, found.nudged_at) == (State.AWAITING_APPROVAL, None)
    assert found.expires_at is not None
    assert timedelta(minutes=59) < found.expires_at - team.clock.now() <= timedelta(hours=1)
    for _ in range(28):
        await team.passes(60)
    assert (await team.newest()).nudged_at is None
    for _ in range(3):
        await team.passes(60)
    assert (await team.newest()).nudged_at is not None
    await is_let_in_by_bo(team, found)


async def test_it_waits_no_longer_than_everything_else_and_says_why(team: Team) -> None:
    team, run = await put_off(team)
    for _ in range(61):
        await team.passes(60)
    found = await team.newest()
    assert found.ending is not None
    assert (found.state, found.ending.text) == (
        State.EXPIRED,
        f"It could not be begun in time, so it was not run: carl started run {run.id} outside "
        "Slack. It may be for api production or shop production, and I cannot tell: cancel it at "
        "GitHub, or wait for its end. Ask again when that is over.",
    )
