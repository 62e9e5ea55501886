"""The waiting time of each gate of a run, whatever GitHub shows in between: nobody gets less of it,
and nobody more.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.domain.deployments.states import State
from tests.services.gates import DEPLOY, MIGRATE_FIRST, PLACE
from tests.services.runs import Run
from tests.services.team import Team
from tests.services.test_at_the_gate import waits
from tests.services.test_jobs_at_the_gate import HOUR, asked_last, asks_made, works_on


async def lets_in(team: Team, run: Run) -> None:
    """Somebody who may not do so lets a job in at GitHub, and no runner has taken it yet."""
    team.hub.reviews_it(run, "ana-acme", approve=True)
    run.status = "queued"
    await team.passes(61)
    assert (await team.newest()).state is State.RUNNING


@pytest.mark.parametrize("minutes", [1, 12, 70])
@pytest.mark.parametrize("untold", [frozenset[str](), frozenset(["migrate"])])
async def test_what_had_to_queue_before_it_began_leaves_the_next_gate_its_hour(
    team: Team, untold: frozenset[str], minutes: int
) -> None:
    team.hub.stands["acme/api"], team.hub.untold = MIGRATE_FIRST, untold
    run = await waits(team)
    for _ in range(50):
        await team.passes(60)
    before = await asks_made(team)
    await lets_in(team, run)
    await works_on(team, run, minutes)
    found, now = await team.newest(), team.clock.now()
    assert (found.state, found.expires_at) == (State.AWAITING_APPROVAL, now + HOUR)
    ends = f"<!date^{int((now + HOUR).timestamp())}^"
    assert f"still waits for your approval. It expires {ends}" in await asked_last(team, "U0DEE")
    asked = await asks_made(team)
    assert asked > before
    for _ in range(25):
        await team.passes(60)
    assert (await asks_made(team), run.status) == (asked, "waiting")
    assert await team.approves("dee", 1) is None
    for _ in range(3):
        await team.passes(15)
    assert ((await team.newest()).state, run.status) == (State.RUNNING, "in_progress")


@pytest.mark.parametrize("gap", ["none", "lags", "loses"])
async def test_one_of_two_jobs_that_is_let_in_gives_the_other_no_more_time(
    team: Team, gap: str
) -> None:
    team.hub.stands["acme/api"] = (("migrate (eu)", PLACE), *DEPLOY)
    team.hub.at_once = True
    run = await waits(team)
    expires, asked = (await team.newest()).expires_at, await asks_made(team)
    await team.passes(600)
    team.hub.reviews_it(run, "ana-acme", approve=True)
    team.hub.lags, team.hub.loses = gap == "lags", gap == "loses"
    await team.passes(61)
    team.hub.lags = team.hub.loses = False
    for _ in range(3):
        await team.passes(20)
    found = await team.newest()
    assert (found.state, found.expires_at) == (State.AWAITING_APPROVAL, expires)
    assert found.four_eyes == "approved at GitHub by ana-acme, who asked for it"
    assert await asks_made(team) == asked


async def test_a_time_that_ended_while_a_job_was_at_work_begins_anew_for_the_others(
    team: Team,
) -> None:
    """Nobody could approve in Slack meanwhile, and half of the run is done."""
    team.hub.stands["acme/api"], team.hub.at_once = MIGRATE_FIRST, True
    run = await waits(team)
    await team.passes(3000)
    await lets_in(team, run)
    await works_on(team, run, 20)
    found = await team.newest()
    assert (found.state, found.expires_at) == (
        State.AWAITING_APPROVAL,
        team.clock.now() + HOUR,
    )


async def is_saved_by_a_bot_of_before(team: Team) -> None:
    """It drops what it does not know: which gate approvers were asked about."""
    drop = text("UPDATE deployments SET protection = json_remove(protection, '$.asked')")
    await team.memory.transact(lambda connection: connection.execute(drop))


@pytest.mark.parametrize("how_often", [1, 4])
@pytest.mark.parametrize("gate", ["the first", "one after a job that began before", "the second"])
async def test_what_a_bot_of_before_kept_is_the_same_gate_with_its_time(
    team: Team, gate: str, how_often: int
) -> None:
    team.hub.stands["acme/api"] = MIGRATE_FIRST if gate == "the second" else DEPLOY
    if gate == "one after a job that began before":
        team.hub.elsewhere, team.hub.untold = {"build": "in_progress"}, frozenset(["build"])
    run = await waits(team)
    if gate == "the second":
        await lets_in(team, run)
        await works_on(team, run, 5)
    expires, asked = (await team.newest()).expires_at, await asks_made(team)
    for _ in range(how_often):
        await team.passes(300)
        await is_saved_by_a_bot_of_before(team)
    for _ in range(2):
        await team.passes(60)
    found = await team.newest()
    assert (found.state, found.expires_at) == (State.AWAITING_APPROVAL, expires)
    assert await asks_made(team) == asked


async def test_what_is_let_in_right_after_a_bot_of_before_looked_is_news(team: Team) -> None:
    team.hub.stands["acme/api"], team.hub.at_once = MIGRATE_FIRST, True
    run = await waits(team)
    expires = (await team.newest()).expires_at
    await team.passes(300)
    await is_saved_by_a_bot_of_before(team)
    team.hub.reviews_it(run, "ana-acme", approve=True)
    await team.passes(61)
    found = await team.newest()
    assert (found.state, found.expires_at) == (State.AWAITING_APPROVAL, expires)
    assert found.four_eyes == "approved at GitHub by ana-acme, who asked for it"


async def test_a_time_that_ended_while_a_bot_of_before_followed_the_run_begins_anew(
    team: Team,
) -> None:
    team.hub.stands["acme/api"] = MIGRATE_FIRST
    run = await waits(team)
    await team.passes(3000)
    await lets_in(team, run)
    run.status = "in_progress"
    await team.passes(900)
    await is_saved_by_a_bot_of_before(team)
    await works_on(team, run, 1)
    found, now = await team.newest(), team.clock.now()
    assert (found.state, found.expires_at) == (State.AWAITING_APPROVAL, now + HOUR)
