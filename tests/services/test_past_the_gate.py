"""A run that went past its gate at GitHub while nobody tells who is an approver: it is followed,
stopped and made way all the same, and judged by what is known.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import config
from bot.domain.deployments.states import State
from bot.domain.errors import Declined, Fault, NotFound
from bot.services import directory
from tests.services.gates import PLACE
from tests.services.runs import Run
from tests.services.team import CONFIG, Team

GONE = NotFound("github", "404 Not Found")


async def by_a_team(team: Team, *logins: str) -> None:
    """They approve, as members of a GitHub team."""
    by_team = CONFIG.replace("approver: [S0APP]", "approver: ['team:acme/release']")
    team.config = config.parse(by_team)
    team.desk = replace(team.desk, config=team.config)
    team.hub.teams = {"acme/release": logins}
    await directory.refresh(team.desk)


def says(team: Team, call: str, fault: Fault) -> None:
    """GitHub says that of one thing, and answers all else."""

    async def on_call(what: str) -> None:
        if what == call:
            raise fault

    team.hub.on_call = on_call


async def waits(team: Team, version: str = "v1.1.0") -> Run:
    assert await team.asks("ana", version, "api") is None
    await team.works()
    await team.passes(5)
    run = team.hub.started[-1]
    assert run.status == "waiting"
    return run


async def lives(team: Team, version: str) -> None:
    await waits(team, version)
    assert await team.approves("bo", (await team.newest()).id) is None
    for _ in range(4):
        await team.works()
        team.hub.drives("success")
        await team.passes(60)
    assert (await team.newest()).state is State.SUCCEEDED


async def passes_often(team: Team, times: int = 5) -> None:
    for _ in range(times):
        await team.passes(20)


async def alerts(team: Team) -> list[str]:
    """What is said at the top of the channel."""
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return [p.message.text.splitlines()[0] for p in posts if p.key.startswith("notice:")]


@pytest.mark.parametrize(
    "no", [GONE, Declined("github", "401 Bad credentials"), Fault("github", "502")], ids=str
)
async def test_who_was_an_approver_within_a_day_has_let_it_in(team: Team, no: Fault) -> None:
    await by_a_team(team, "bo-acme", "dee-acme")
    run = await waits(team)
    says(team, "team", no)
    team.hub.reviews_it(run, "bo-acme", approve=True)
    await passes_often(team)
    found = await team.newest()
    assert (found.state, found.waiting_for, found.four_eyes) == (State.RUNNING, "", "")
    assert [one.github for one in found.approvals] == ["bo-acme"]

    run.ends("failure")
    await passes_often(team)
    assert (await team.newest()).state is State.FAILED
    assert await alerts(team) == ["api v1.1.0 → production: failed"]


@pytest.mark.parametrize(
    ("call", "fault", "why"),
    [
        (
            "team",
            Fault("github", "502", retry_after=1800),
            "approved at GitHub by bo-acme, whose role is not known (team:acme/release: 502)",
        ),
        ("reviews", GONE, "who let it in at GitHub could not be read (404 Not Found)"),
    ],
    ids=["team", "reviews"],
)
async def test_a_run_of_which_nobody_tells_who_let_it_in_ends_and_that_is_said(
    team: Team, call: str, fault: Fault, why: str
) -> None:
    await by_a_team(team, "dee-acme")
    run = await waits(team)
    says(team, call, fault)
    team.hub.reviews_it(run, "bo-acme", approve=True)
    await passes_often(team)
    found = await team.newest()
    assert (found.state, found.waiting_for, found.four_eyes) == (State.RUNNING, "", "")
    run.ends("failure")
    await passes_often(team)
    found = await team.newest()
    assert (found.state, found.four_eyes) == (State.FAILED, why)
    said = [text.rsplit(": ", 1)[1] for text in await alerts(team)]
    assert said == ["four eyes broken", "failed"]


async def test_an_answer_that_comes_late_is_as_good(team: Team) -> None:
    """Bo has come to the team, which does not answer yet."""
    await by_a_team(team, "dee-acme")
    run = await waits(team)
    says(team, "team", Fault("github", "502"))
    team.hub.reviews_it(run, "bo-acme", approve=True)
    await passes_often(team)
    assert (await team.newest()).approvals == ()
    team.hub.on_call = None
    team.hub.teams = {"acme/release": ("bo-acme", "dee-acme")}
    await passes_often(team)
    found = await team.newest()
    assert (found.four_eyes, [one.github for one in found.approvals]) == ("", ["bo-acme"])
    assert await alerts(team) == []


@pytest.mark.parametrize("call", ["team", "reviews"])
async def test_who_cancels_it_meanwhile_reaches_github(team: Team, call: str) -> None:
    await by_a_team(team, "dee-acme")
    run = await waits(team)
    says(team, call, Fault("github", "502"))
    team.hub.reviews_it(run, "bo-acme", approve=True)
    await passes_often(team)
    assert await team.cancels("ana", 1) is None
    await passes_often(team, 2)
    assert run.conclusion == "cancelled"
    team.hub.on_call = None
    await passes_often(team)
    assert (await team.newest()).state is State.CANCELLED


async def test_a_rollback_meanwhile_has_it_stopped_and_begins(team: Team) -> None:
    await by_a_team(team, "bo-acme", "dee-acme")
    await lives(team, "v1.0.0")
    await lives(team, "v1.1.0")
    run = await waits(team, "v1.2.0")
    says(team, "team", GONE)
    team.hub.reviews_it(run, "bo-acme", approve=True)
    await passes_often(team)
    assert await team.rolls_back("bo", "api") is None
    await passes_often(team)
    stopped, back = (await team.all())[-2:]
    assert (stopped.state, run.conclusion) == (State.CANCELLED, "cancelled")
    assert (back.is_way_back, back.version, back.state) == (True, "v1.1.0", State.RUNNING)


async def test_one_that_is_let_in_as_its_time_ends_is_followed_all_the_same(team: Team) -> None:
    await by_a_team(team, "dee-acme")
    run = await waits(team)
    expires = (await team.newest()).expires_at
    assert expires is not None
    team.clock.time = expires

    async def on_call(what: str) -> None:
        if what == "run" and (await team.newest()).state is State.ABORTING:
            says(team, "team", Fault("github", "502"))
            team.hub.reviews_it(run, "bo-acme", approve=True)

    team.hub.on_call = on_call
    await team.works()
    await passes_often(team)
    found = await team.newest()
    assert (found.state, run.status) == (State.RUNNING, "in_progress")
    assert "whose role is not known" in found.four_eyes


STANDS = (("migrate", PLACE), ("deploy", PLACE))


async def stands_at_the_second(team: Team, fault: Fault) -> Run:
    """Bo lets the first of two jobs in before the bot has looked; then nobody tells who is one."""
    team.hub.stands = {"acme/api": STANDS}
    assert await team.asks("ana", "v1.1.0", "api") is None

    async def on_call(what: str) -> None:
        if what == "run" and team.hub.started:
            says(team, "team", fault)
            team.hub.reviews_it(team.hub.started[0], "bo-acme", approve=True)

    team.hub.on_call = on_call
    await team.works()
    await passes_often(team)
    return team.hub.started[0]


async def test_the_second_gate_waits_for_the_role_of_who_let_in_the_first(team: Team) -> None:
    await by_a_team(team, "bo-acme", "dee-acme")
    run = await stands_at_the_second(team, GONE)
    found = await team.newest()
    assert (found.state, found.four_eyes, run.status) == (State.APPROVED, "", "waiting")
    assert found.waiting_for == "Waiting for GitHub (team:acme/release: 404 Not Found)"
    assert await team.cancels("ana", 1) is None
    await passes_often(team)
    assert ((await team.newest()).state, run.conclusion) == (State.CANCELLED, "cancelled")


async def test_at_the_second_gate_all_are_asked_where_nobody_tells_who_let_in_the_first(
    team: Team,
) -> None:
    await by_a_team(team, "dee-acme")
    run = await stands_at_the_second(team, Fault("github", "502"))
    found = await team.newest()
    assert (found.state, found.approvals) == (State.AWAITING_APPROVAL, ())
    assert found.expires_at is not None
    team.clock.time = found.expires_at
    await passes_often(team)
    assert ((await team.newest()).state, run.conclusion) == (State.EXPIRED, "cancelled")
