"""A run and its gate at GitHub: begun only where it would wait, followed where it was let in, and
never left waiting for nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.domain.errors import Fault
from bot.ports import Post
from tests.services.runs import Run
from tests.services.team import CONFIG, Team

COMMIT = "110" + "a" * 37
UNGUARDED = "GitHub's environment production has no required reviewers, so a run would not wait"


async def asks(team: Team, version: str = "v1.1.0") -> None:
    assert await team.asks("ana", version, "api") is None
    await team.works()


async def waits(team: Team) -> Run:
    """Ana's deployment, whose run waits at its gate."""
    await asks(team)
    await team.passes(5)
    assert (await team.newest()).state is State.AWAITING_APPROVAL
    [run] = team.hub.started
    return run


async def blocked_by(team: Team) -> list[str]:
    return [found.text for found in (await team.newest()).verdicts if found.level == "block"]


async def lets_in_while_it_is_stopped(team: Team, run: Run, login: str) -> None:
    """Its time ends, and somebody is faster in the browser than the bot is at stopping it."""
    expires = (await team.newest()).expires_at
    assert expires is not None
    team.clock.time = expires

    async def on_call(what: str) -> None:
        if what == "run" and (await team.newest()).state is State.ABORTING:
            team.hub.on_call = None
            team.hub.reviews_it(run, login, approve=True)

    team.hub.on_call = on_call
    await team.works()


@pytest.mark.parametrize("what", ["red", "frozen"])
async def test_a_blocked_card_begins_no_run_that_would_wait_for_nobody(
    team: Team, what: str
) -> None:
    if what == "red":
        team.hub.red = {COMMIT}
    else:
        await team.freezes("dee", "short", hours=0.25)
    await asks(team)
    assert len(await blocked_by(team)) == 1
    team.hub.reviewers, team.hub.red = (), set()
    for _ in range(20):
        await team.passes(61)
    assert team.hub.started == []
    assert [text.removesuffix(" for anybody") for text in await blocked_by(team)] == [UNGUARDED]

    team.hub.reviewers = ("gonogo-reviewer", "bo-acme")
    await team.passes(61)
    await team.passes(5)
    [run] = team.hub.started
    assert run.status == "waiting"
    assert (await team.newest()).state is State.AWAITING_APPROVAL


async def test_the_letter_case_of_the_deploying_job_is_nothing_that_a_run_does_not_wait_for(
    team: Team,
) -> None:
    text = CONFIG.replace("    repo: acme/api\n", "    repo: acme/api\n    deploy_job: Deploy\n")
    team = replace(team, config=config.parse(text))
    run = await waits(team)
    assert await team.approves("bo", 1) is None
    await team.passes(5)
    assert ((await team.newest()).state, run.status) == (State.RUNNING, "in_progress")


async def test_a_run_that_waits_already_needs_no_guard_to_begin(team: Team) -> None:
    await waits(team)
    team.hub.reviewers = ()
    await team.passes(61)
    assert await blocked_by(team) == []


@pytest.mark.parametrize("looks_before", [True, False])
async def test_who_lets_it_in_just_before_its_time_ends_deploys(
    team: Team, looks_before: bool
) -> None:
    run = await waits(team)
    expires = (await team.newest()).expires_at
    assert expires is not None
    team.clock.time = expires - timedelta(seconds=5)
    if looks_before:
        await team.works()
    team.hub.reviews_it(run, "bo-acme", approve=True)
    for _ in range(4):
        await team.passes(10)
    found = await team.newest()
    assert (found.state, found.four_eyes) == (State.RUNNING, "")
    assert [one.github for one in found.approvals] == ["bo-acme"]
    assert run.status == "in_progress"


async def test_who_lets_it_in_while_it_is_being_stopped_for_its_time_deploys(team: Team) -> None:
    run = await waits(team)
    await lets_in_while_it_is_stopped(team, run, "bo-acme")
    for _ in range(3):
        await team.passes(10)
    found = await team.newest()
    assert (found.state, found.ending, found.four_eyes) == (State.RUNNING, None, "")
    assert run.status == "in_progress"
    team.hub.drives("success")
    await team.passes(30)
    assert (await team.newest()).state is State.VALIDATING


async def test_who_lets_it_in_without_the_right_after_its_time_is_told_and_followed(
    team: Team,
) -> None:
    run = await waits(team)
    await lets_in_while_it_is_stopped(team, run, "ana-acme")
    await team.passes(10)
    found = await team.newest()
    assert found.state is State.RUNNING
    assert found.four_eyes == "approved at GitHub by ana-acme, who asked for it"


async def test_what_nobody_lets_in_is_stopped_at_its_time(team: Team) -> None:
    run = await waits(team)
    await team.passes(3600)
    await team.passes(10)
    assert (await team.newest()).state is State.EXPIRED
    assert run.conclusion == "cancelled"


@pytest.mark.parametrize("service", ["app", "api"])
async def test_what_was_blocked_when_its_time_ended_does_not_say_that_nobody_decided(
    team: Team, service: str
) -> None:
    assert await team.asks("ana", "v1.1.0", service) is None
    await team.works()
    await team.passes(5)
    assert await team.locks("dee", service) is None
    for _ in range(62):
        await team.passes(60)
    found = await team.newest()
    assert found.state is State.EXPIRED
    [why] = await blocked_by(team)
    then = "GitHub is asked to stop its run" if service == "api" else "it was not run"
    said = (
        f"It was still blocked when its time was over, so {then}: {why}. Ask again when that is "
        "over, or have it lifted then."
    )
    assert found.ending is not None
    assert found.ending.text == said
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    [told] = [one.message.text for one in posts if ":expired:" in one.key]
    assert "so " + then in told
    assert "Nobody decided" not in told


async def test_a_blocked_one_whose_run_waits_keeps_its_slot(team: Team) -> None:
    run = await waits(team)
    assert await team.freezes("dee", "away") is None
    await team.passes(70)
    assert len(await blocked_by(team)) == 1

    refused = await team.asks("bo", "v1.2.0", "api")
    assert refused is not None
    assert str(refused).startswith("api production is taken by D1 (v1.1.0, Blocked)")
    assert await team.cancels("ana", 1) is None
    await team.works()
    await team.passes(10)
    assert ((await team.newest()).state, run.conclusion) == (State.CANCELLED, "cancelled")
    assert await team.asks("bo", "v1.2.0", "api") is None


async def test_a_github_that_wants_to_be_left_alone_is_after_the_waiting_time_as_well(
    team: Team,
) -> None:
    await waits(team)
    expires = (await team.newest()).expires_at
    assert expires is not None
    asked = []

    async def on_call(what: str) -> None:
        asked.append(what)
        raise Fault("github", "secondary rate limit", retry_after=1800)

    team.hub.on_call = on_call
    team.clock.time = expires + timedelta(seconds=1)
    await team.works()
    await team.passes(60)
    assert asked.count("run") == 1
    found = await team.newest()
    assert found.due_at == expires + timedelta(seconds=1801)


def alerts(posts: Sequence[Post]) -> list[str]:
    return [post.message.text for post in posts if "does not take" in post.message.text]


@pytest.mark.parametrize("who", ["in Slack", "in the browser"])
async def test_a_wait_timer_after_the_approval_is_waited_for_and_nobody_is_called(
    team: Team, who: str
) -> None:
    team.hub.timer = timedelta(minutes=10)
    run = await waits(team)
    answers: list[int] = []

    async def on_answer(run_id: int, approve: bool) -> None:
        answers.append(run_id)

    team.hub.on_answer = on_answer
    if who == "in Slack":
        assert await team.approves("bo", 1) is None
    else:
        team.hub.reviews_it(run, "bo-acme", approve=True)
    for _ in range(6):
        await team.passes(61)
    found = await team.newest()
    assert (found.state, run.status) == (State.RUNNING, "waiting")
    assert found.waiting_for == (
        "It was let in; GitHub's wait timer opens the gate at 2024-03-26 10:10 UTC"
    )
    assert answers == ([run.id] if who == "in Slack" else [])

    for _ in range(6):
        await team.passes(61)
    found = await team.newest()
    assert (found.state, run.status, found.four_eyes) == (State.RUNNING, "in_progress", "")
    assert len(answers) < 2
    assert alerts(await team.store.read(lambda tx: tx.posts_due(tx.now))) == []


async def test_who_let_an_earlier_attempt_in_opens_no_timer_of_this_one(team: Team) -> None:
    """It was let in, cancelled during its timer, and run again, all between two looks."""
    team.hub.timer = timedelta(minutes=10)
    run = await waits(team)
    team.hub.reviews_it(run, "bo-acme", approve=True)
    del team.hub.opens[run.id]
    run.is_run_again("ana-acme", team.clock.now())
    run.status = "waiting"
    for _ in range(3):
        await team.passes(61)
    found = await team.newest()
    assert (found.state, found.run_attempt) == (State.AWAITING_APPROVAL, 2)
    assert "wait timer" not in found.waiting_for
    team.hub.reviews_it(run, "dee-acme", approve=True)
    await team.passes(61)
    await team.passes(5)
    found = await team.newest()
    assert (found.state, run.status) == (State.RUNNING, "waiting")
    assert "wait timer opens the gate" in found.waiting_for
    for _ in range(10):
        await team.passes(61)
    found = await team.newest()
    assert (found.state, run.status, found.four_eyes) == (State.RUNNING, "in_progress", "")
    assert [one.github for one in found.approvals] == ["dee-acme"]
