"""Several jobs of one run at gates of GitHub's: each is let in once, by what was approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.domain.errors import NotFound
from tests.services import team as teams
from tests.services.gates import DEPLOY, MIGRATE_FIRST, Stands
from tests.services.runs import Run
from tests.services.team import Team
from tests.services.test_at_the_gate import alerts, waits

CHECKS: Stands = (("check", "checks"),)


@pytest.mark.parametrize("stands", [CHECKS + DEPLOY, MIGRATE_FIRST, CHECKS + MIGRATE_FIRST])
@pytest.mark.parametrize("replies", [["accepted", "dropped"], ["lost", "lost"], ["dropped"]])
async def test_the_rule_is_answered_once_for_each_job_that_comes_to_it(
    team: Team, stands: Stands, replies: list[str]
) -> None:
    both = "{mode: github_protection_rule, environments: [checks, production]}"
    text = teams.CONFIG.replace("{mode: github_protection_rule}", both)
    team = replace(team, config=config.parse(text))
    team.hub.stands["acme/job"] = stands
    assert await team.asks("ana", "v1.1.0", "job") is None
    await team.works()
    await team.passes(5)
    [run] = team.hub.started
    team.hub.replies = list(replies)
    assert await team.approves("bo", 1) is None
    for _ in range(6):
        await team.passes(61)
    answered = [place for _, place in stands]
    assert (team.hub.ruled[run.id], run.status) == (answered, "in_progress")
    found = await team.newest()
    assert (found.state, found.four_eyes) == (State.RUNNING, "")
    assert alerts(await team.store.read(lambda tx: tx.posts_due(tx.now))) == []


@pytest.mark.parametrize("first", ["migrate", "migrate (eu)", "migrate in Production"])
@pytest.mark.parametrize("who", ["ana-acme", "an administrator", "bo-acme"])
async def test_who_lets_in_the_first_job_alone_breaks_four_eyes_there(
    team: Team, who: str, first: str
) -> None:
    job, _, place = first.partition(" in ")
    team.hub.stands["acme/api"] = ((job, place or "production"), *DEPLOY)
    team.hub.stored = {"Production": "production"}
    run = await waits(team)
    if who == "an administrator":
        team.hub.let_in[run.id] = [job]
    else:
        team.hub.reviews_it(run, who, approve=True)
    for _ in range(3):
        await team.passes(61)
    broken = {
        "ana-acme": "approved at GitHub by ana-acme, who asked for it",
        "an administrator": "it went past GitHub's gate with 0 of 1 approvals",
        "bo-acme": "",
    }
    found = await team.newest()
    state = State.RUNNING if who == "bo-acme" else State.AWAITING_APPROVAL
    assert (found.state, found.four_eyes) == (state, broken[who])
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    assert any("four eyes" in post.message.text for post in posts) is bool(broken[who])
    if broken[who]:
        assert await team.approves("dee", 1) is None
        for _ in range(3):
            await team.passes(15)
    found = await team.newest()
    assert (run.status, found.four_eyes) == ("in_progress", broken[who])


@pytest.mark.parametrize("let_in", ["each", "all", "none"])
async def test_two_jobs_that_stand_at_the_rule_at_once(team: Team, let_in: str) -> None:
    """GitHub may let in all by one answer, and show it late; what it never shows is a person's."""
    team.hub.stands["acme/job"], team.hub.at_once = MIGRATE_FIRST, True
    assert await team.asks("ana", "v1.1.0", "job") is None
    await team.works()
    await team.passes(5)
    [run] = team.hub.started
    team.hub.replies = ["accepted"] if let_in == "each" else ["accepted", *["declined"] * 9]
    assert await team.approves("bo", 1) is None
    await team.passes(5)
    if let_in == "all":
        team.hub.past.add(run.id)
        run.status = "in_progress"
    for _ in range(6):
        await team.passes(11)
    said = alerts(await team.store.read(lambda tx: tx.posts_due(tx.now)))
    assert (run.status == "waiting", len(said)) == ((True, 1) if let_in == "none" else (False, 0))
    assert team.hub.ruled[run.id] == ["production"] * (2 if let_in == "each" else 1)


@pytest.mark.parametrize("first", ["by us", "in the browser"])
async def test_where_the_workflow_is_gone_meanwhile_the_next_job_is_not_let_in(
    team: Team, first: str
) -> None:
    team.hub.stands["acme/api"] = MIGRATE_FIRST
    run = await waits(team)

    async def on_call(what: str) -> None:
        if what == "workflow" and team.hub.let_in.get(run.id):
            raise NotFound("github", "no release.yml")

    team.hub.on_call = on_call
    if first == "by us":
        assert await team.approves("bo", 1) is None
    else:
        team.hub.reviews_it(run, "ana-acme", approve=True)
    for _ in range(4):
        await team.passes(61)
    found = await team.newest()
    assert (found.state, run.conclusion) == (State.VOID, "cancelled")
    assert found.ending is not None
    assert "it is gone from GitHub (no release.yml)" in found.ending.text
    assert ("migrate had been let in before" in found.ending.text) is (first == "by us")


HOUR = timedelta(hours=1)


async def works_on(team: Team, run: Run, minutes: int) -> None:
    """The first job takes so long, then the second one comes to the gate."""
    run.status = "in_progress"
    for _ in range(minutes):
        await team.passes(60)
    run.status = "waiting"
    await team.passes(15)


async def asked_last(team: Team, who: str) -> str:
    """What this approver was sent last."""
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return [post.message.text for post in posts if post.channel == who][-1]


@pytest.mark.parametrize("minutes", [5, 57, 70])
@pytest.mark.parametrize("first", ["the requester", "one of two", "one who is none any more"])
async def test_each_gate_has_an_hour_of_its_own_and_asks_anew(
    team: Team, first: str, minutes: int
) -> None:
    if first == "one of two":
        two = "{mode: github_environment, needed: 2}"
        text = teams.CONFIG.replace("{mode: github_environment}", two)
        team = replace(team, config=config.parse(text))
    team.hub.stands["acme/api"] = MIGRATE_FIRST
    run = await waits(team)
    if first == "one who is none any more":

        async def on_call(what: str) -> None:
            if what == "answered":
                run.status = "in_progress"

        team.hub.on_call = on_call
        assert await team.approves("bo", 1) is None
        await team.passes(5)
        team.hub.on_call = None
        team.room.groups["S0APP"].discard("U0BO")
    else:
        team.hub.reviews_it(run, "bo-acme" if "two" in first else "ana-acme", approve=True)
        run.status = "in_progress"
        await team.passes(61)
    await works_on(team, run, minutes)

    found, now = await team.newest(), team.clock.now()
    assert found.state is State.AWAITING_APPROVAL
    assert found.expires_at is not None
    assert now - timedelta(seconds=15) <= found.expires_at - HOUR <= now
    ends = f"<!date^{int(found.expires_at.timestamp())}^"
    assert f"still waits for your approval. It expires {ends}" in await asked_last(team, "U0DEE")
    for _ in range(58):
        await team.passes(60)
    assert await team.approves("dee", 1) is None
    for _ in range(3):
        await team.passes(15)
    assert ((await team.newest()).state, run.status) == (State.RUNNING, "in_progress")


async def test_a_gate_that_github_forgets_to_list_once_gives_no_more_time(team: Team) -> None:
    run = await waits(team)
    expires = (await team.newest()).expires_at

    async def on_call(what: str) -> None:
        run.status = "queued" if what == "held" else "waiting"

    team.hub.on_call = on_call
    await team.passes(1800)
    assert (await team.newest()).state is State.RUNNING
    team.hub.on_call, run.status = None, "waiting"
    await team.passes(15)
    found = await team.newest()
    assert (found.state, found.expires_at) == (State.AWAITING_APPROVAL, expires)


async def asks_made(team: Team) -> int:
    """How often anybody was asked for an approval."""
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return sum("asked" in post.key or "reminder" in post.key for post in posts)


@pytest.mark.parametrize("told", [True, False])
async def test_what_stands_at_other_gates_of_the_run_gives_no_more_time(
    team: Team, told: bool
) -> None:
    team.hub.elsewhere = dict.fromkeys(("qa eu", "qa us", "qa ap"), "waiting")
    team.hub.untold = frozenset() if told else frozenset(team.hub.elsewhere)
    await waits(team)
    expires, asked = (await team.newest()).expires_at, await asks_made(team)
    for job in team.hub.elsewhere:
        await team.passes(400)
        team.hub.elsewhere[job] = "in_progress"
        for _ in range(3):
            await team.passes(20)
        found = await team.newest()
        assert (found.state, found.expires_at) == (State.AWAITING_APPROVAL, expires)
    assert await asks_made(team) == asked
    await team.passes(2400)
    assert (await team.newest()).ends_as is State.EXPIRED


async def test_a_gate_that_the_list_of_jobs_leaves_out_at_times_gives_no_more_time(
    team: Team,
) -> None:
    await waits(team)
    expires, asked = (await team.newest()).expires_at, await asks_made(team)
    for _ in range(5):
        for team.hub.lags in (True, False, False):
            await team.passes(60)
        found = await team.newest()
        assert (found.state, found.expires_at) == (State.AWAITING_APPROVAL, expires)
    assert await asks_made(team) == asked


async def test_what_was_let_in_and_had_to_queue_gives_the_next_gate_its_hour(team: Team) -> None:
    team.hub.stands["acme/api"] = MIGRATE_FIRST
    run = await waits(team)
    await team.passes(300)
    team.hub.reviews_it(run, "ana-acme", approve=True)
    run.status = "queued"
    await team.passes(61)
    assert (await team.newest()).state is State.RUNNING
    await works_on(team, run, 40)
    found = await team.newest()
    assert (found.state, found.expires_at) == (
        State.AWAITING_APPROVAL,
        team.clock.now() + HOUR,
    )
