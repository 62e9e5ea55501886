"""Runs that somebody started, or ran again, at GitHub where a gate holds releases back: never
answered, but who let them past is read.
"""

from __future__ import annotations

import pytest

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from tests.services.runs import Run
from tests.services.team import Team


async def starts(team: Team, service: str, login: str = "carl") -> Run:
    """`gh workflow run release.yml -f version=v1.1.0`, and the bot finds it."""
    run = team.hub.begins(f"acme/{service}", "release.yml", {"version": "v1.1.0"}, login)
    await looks(team)
    return run


async def looks(team: Team) -> None:
    team.resting.clear()
    await team.passes(10)


async def alerts(team: Team) -> list[str]:
    """What is said at the top of the channel."""
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return [post.message.text.splitlines()[0] for post in posts if post.key.startswith("notice:")]


async def followed(team: Team, run: Run) -> Deployment:
    found = await team.newest()
    assert (found.run_id, found.run_attempt) == (run.id, run.attempt)
    return found


async def test_what_waits_at_our_own_rule_is_said_loudly_and_never_let_in(team: Team) -> None:
    run = await starts(team, "job")
    for _ in range(3):
        await team.passes(3600)
    found = await followed(team, run)
    assert found.state is State.RUNNING
    assert found.waiting_for.endswith(
        "and I let in only what was asked for in Slack. Press Cancel, then `/deploy v1.1.0`"
    )
    assert await alerts(team) == ["job v1.1.0 → production: nobody lets its run in"]
    assert run.status == "waiting"


async def test_what_waits_for_reviewers_is_answered_there(team: Team) -> None:
    run = await starts(team, "api")
    found = await followed(team, run)
    assert found.waiting_for == (
        "The run waits at GitHub's environment production. It was started outside, so it is "
        "approved or rejected there"
    )
    team.hub.reviews_it(run, "bo-acme", approve=False)
    await team.passes(60)
    ending = (await followed(team, run)).ending
    assert ending is not None
    assert (ending.code, ending.by) == ("rejected", "U0BO")


@pytest.mark.parametrize(
    ("started_by", "let_in_by", "broken"),
    [
        ("carl", ["carl"], "approved at GitHub by carl, who asked for it"),
        ("ana-acme", ["Ana-Acme"], "approved at GitHub by Ana-Acme, who asked for it"),
        ("carl", [], "it went past GitHub's gate with 0 of 1 approvals"),
        ("carl", ["bo-acme"], ""),
        ("carl", ["carl", "bo-acme"], ""),
    ],
)
async def test_who_starts_and_lets_in_alone_breaks_four_eyes_loudly(
    team: Team, started_by: str, let_in_by: list[str], broken: str
) -> None:
    run = await starts(team, "api", started_by)
    for login in let_in_by:
        team.hub.reviews_it(run, login, approve=True)
    if not let_in_by:  # an administrator passes the gate by
        run.status = "in_progress"
        team.hub.past.add(run.id)
    await team.passes(30)
    found = await followed(team, run)
    assert (found.state, found.four_eyes) == (State.RUNNING, broken)
    assert await alerts(team) == (["api v1.1.0 → production: four eyes broken"] if broken else [])


async def runs_again(team: Team, run: Run, login: str) -> None:
    """Re-run all jobs, after the first attempt was over and done with; it waits anew."""
    await team.passes(30)
    assert (await followed(team, run)).is_terminal
    run.is_run_again(login, team.clock.now())
    run.status = "waiting"
    team.hub.past.discard(run.id)
    await looks(team)


@pytest.mark.parametrize("said", [True, False])
async def test_what_was_said_to_an_earlier_attempt_counts_for_no_other(
    team: Team, said: bool
) -> None:
    run = await starts(team, "api", "carl")
    team.hub.reviews_it(run, "bo-acme", approve=said)
    run.ends("failure")
    await runs_again(team, run, "carl")
    assert (await followed(team, run)).state is State.RUNNING
    team.hub.reviews_it(run, "carl", approve=True)
    await team.passes(30)
    four_eyes = (await followed(team, run)).four_eyes
    assert four_eyes == "approved at GitHub by carl, who asked for it"


@pytest.mark.parametrize(
    ("let_in_by", "broken"),
    [("carl", "approved at GitHub by carl, who asked for it"), ("dee-acme", "")],
)
async def test_who_runs_it_again_and_is_quicker_than_the_bot_borrows_no_approval(
    team: Team, let_in_by: str, broken: str
) -> None:
    run = await starts(team, "api", "carl")
    team.hub.reviews_it(run, "bo-acme", approve=True)
    run.ends("failure")
    await team.passes(30)
    assert (await followed(team, run)).is_terminal
    run.is_run_again("carl", team.clock.now())
    team.hub.reviews_it(run, let_in_by, approve=True)
    await looks(team)
    await team.passes(30)
    found = await followed(team, run)
    assert (found.state, found.four_eyes) == (State.RUNNING, broken)
    assert [one.github for one in found.approvals] == ([] if broken else ["dee-acme"])


async def test_a_gate_that_times_out_on_the_second_attempt_was_rejected_by_nobody(
    team: Team,
) -> None:
    run = await starts(team, "api")
    team.hub.reviews_it(run, "bo-acme", approve=False)
    await runs_again(team, run, "carl")
    run.ends("failure")
    await team.passes(60)
    ending = (await followed(team, run)).ending
    assert ending is not None
    assert ending.code == "ended_at_gate"


async def test_a_run_that_no_runner_took_stood_at_no_gate(team: Team) -> None:
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    assert await team.approves("bo", 1) is None
    await team.works()
    [run] = team.hub.started
    run.untaken = True
    run.ends("failure")
    await team.passes(60)
    found = await team.newest()
    assert found.ending is not None
    assert (found.state, found.ending.text) == (
        State.FAILED,
        "The run ended with failure in deploy, which no runner took",
    )
    assert not any("gate" in text for text in await alerts(team))
