"""A second run of one request is found, however late it is listed, and stopped; nothing waits for
that.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.twins import Twin
from bot.domain.errors import Fault
from bot.ports import Tx
from bot.services.deployments import decisions, stepping
from bot.services.runs import stopping
from tests.services.runs import Run
from tests.services.team import PEOPLE, Team


@pytest.fixture
async def sent(migrated: Path) -> AsyncIterator[Team]:
    """The answer to v1.1.0 was lost, its run is not listed, and Bo has it sent again. The workflow
    shows the request in its title and has no guard: both runs would deploy.
    """

    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    made = Team.of(migrated, on_dispatch, followed=True)
    made.hub.guarded["acme/app"] = False
    made.hub.titled.add("acme/app")
    await made.works()
    assert await made.asks("ana", "v1.1.0") is None
    await made.works()
    made.hub.answers, made.hub.lag = ["lost", "not_named"], 200
    assert await made.approves("bo", 1) is None
    await made.works()
    await made.passes(185)
    assert (await made.newest()).state is State.NEEDS_ATTENTION
    made.hub.lag = 40
    assert await made.does(lambda tx: decisions.send_again(tx, 1, PEOPLE["bo"])) is None
    await made.works()
    yield made
    await made.close()


@pytest.fixture
async def team(sent: Team) -> Team:
    """The first of the two is listed alone, followed and working; the other one is not seen yet."""
    await sent.passes(15)
    deployment = await sent.newest()
    assert (deployment.state, deployment.run_id) == (State.RUNNING, 7001)
    assert await known(sent) == ()
    for run in sent.hub.started:
        run.status = "in_progress"
    return sent


@pytest.fixture
def calls(team: Team) -> Counter[str]:
    """What GitHub is asked, and how often."""
    found: Counter[str] = Counter()

    async def on_call(what: str) -> None:
        found[what] += 1
        await asyncio.sleep(0)  # whoever else is at work comes in between

    team.hub.on_call = on_call
    return found


async def known(team: Team) -> tuple[Twin, ...]:
    """Second runs that are to be stopped."""
    dispatch = (await team.newest()).dispatch
    assert dispatch is not None
    return dispatch.twins


def second(team: Team) -> Run:
    return team.hub.run_of(7002)


async def told(team: Team) -> list[str]:
    """What is said of it in the thread."""

    def read(tx: Tx) -> list[str]:
        return [entry.action for entry in tx.trail("D1") if entry.action.startswith("twin")]

    return await team.store.read(read)


async def passes(team: Team, seconds: int) -> None:
    """Time goes on by steps, so that each look comes at its time."""
    for _ in range(seconds // 5):
        await team.passes(5)


async def test_one_that_is_listed_late_is_found_and_stopped(
    team: Team, calls: Counter[str]
) -> None:
    await passes(team, 60)
    assert second(team).conclusion == "cancelled"
    assert team.hub.run_of(7001).conclusion is None
    assert await known(team) == ()
    assert await told(team) == ["twin_found", "twin_ended"]
    assert calls["cancel"] == 1


async def test_nobody_looks_for_ever(team: Team) -> None:
    second(team).listed_at = team.clock.now() + timedelta(days=1)
    await passes(team, 540)
    assert await team.store.read(lambda tx: tx.twin_look(1)) is not None
    await passes(team, 60)
    assert await team.store.read(lambda tx: tx.twin_look(1)) is None


async def test_one_that_github_does_not_show_for_a_moment_is_stopped_when_it_does(
    team: Team, calls: Counter[str]
) -> None:
    team.hub.silent = {"cancel"}
    await passes(team, 60)
    assert [twin.trouble for twin in await known(team)] == ["502 for cancel"]
    hidden = second(team)
    team.hub.started.remove(hidden)
    await passes(team, 60)
    assert [twin.trouble for twin in await known(team)] == ["GitHub does not show it"]
    team.hub.started.append(hidden)
    team.hub.silent = set()
    await passes(team, 30)
    assert hidden.conclusion == "cancelled"
    assert await known(team) == ()


async def test_it_is_asked_once_and_forced_once(team: Team, calls: Counter[str]) -> None:
    team.hub.stubborn = True
    await passes(team, 300)
    assert [twin.trouble for twin in await known(team)] == [""]
    assert calls["cancel"] == 1
    await passes(team, 60)
    assert calls["cancel"] == 2
    assert second(team).conclusion == "cancelled"


async def test_github_is_asked_again_when_it_said(team: Team) -> None:
    asked = []

    async def limits(what: str) -> None:
        if what == "cancel":
            asked.append(team.clock.now())
            if len(asked) == 1:
                raise Fault("github", "secondary rate limit", retry_after=120)

    team.hub.on_call = limits
    await passes(team, 240)
    assert len(asked) == 2
    assert (asked[1] - asked[0]).total_seconds() >= 120
    assert second(team).conclusion == "cancelled"


async def test_it_is_stopped_also_where_the_limit_of_github_runs_low(team: Team) -> None:
    team.hub.low = True
    await passes(team, 60)
    assert second(team).conclusion == "cancelled"


async def test_no_step_of_the_deployment_waits_for_it(team: Team, calls: Counter[str]) -> None:
    team.hub.silent = {"cancel"}
    await passes(team, 60)
    team.hub.run_of(7001).ends("success")
    await team.passes(30)
    assert (await team.newest()).state is State.VALIDATING
    assert await known(team)
    before = (await team.newest()).revision
    team.clock.forward(20)
    calls.clear()
    await stepping.step(team.desk, 1)
    assert (await team.newest()).revision > before
    assert calls == {}


async def test_of_two_bots_one_asks(team: Team, calls: Counter[str]) -> None:
    team.clock.forward(60)
    calls.clear()
    await asyncio.gather(stopping.look(team.desk, 1), stopping.look(team.desk, 1))
    assert calls["cancel"] == 1


@pytest.mark.parametrize("titled", [True, False])
async def test_a_rollback_begins_when_none_of_the_runs_goes_on(
    migrated: Path, *, titled: bool
) -> None:
    """v1.2.0 took two requests, and is aborted for a rollback."""
    team = await aborted(migrated, titled=titled)
    await passes(team, 30)
    released, back = (await team.all())[1:]
    assert (released.state, back.kind, back.version) == (
        State.CANCELLED,
        Kind.ROLLBACK,
        "v1.1.0",
    )
    await team.close()


async def aborted(migrated: Path, *, titled: bool) -> Team:
    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    team = Team.of(migrated, on_dispatch, followed=True)
    team.hub.guarded["acme/app"] = False
    if titled:
        team.hub.titled.add("acme/app")
    await team.works()
    for number, version in enumerate(("v1.1.0", "v1.2.0"), 1):
        assert await team.asks("ana", version) is None
        await team.works()
        team.hub.answers = ["dropped"] if number == 2 else []
        assert await team.approves("bo", number) is None
        await team.works()
        if number == 1:
            team.hub.drives("success")
            await team.passes(60)
            await team.passes(120)
    await team.passes(185)
    assert await team.does(lambda tx: decisions.send_again(tx, 2, PEOPLE["bo"])) is None
    await team.works()
    dispatch = (await team.newest()).dispatch
    assert dispatch is not None
    assert dispatch.unclear == 2
    assert await team.rolls_back("bo", "app") is None
    return team


async def test_what_is_over_is_not_looked_at(team: Team, calls: Counter[str]) -> None:
    team.hub.silent = {"cancel"}
    await passes(team, 60)
    team.hub.run_of(7001).ends("failure")
    await passes(team, 700)
    assert (
        await team.does(lambda tx: decisions.close_failed(tx, team.config, 1, PEOPLE["bo"])) is None
    )
    await passes(team, 60)
    assert await team.store.read(lambda tx: tx.twin_look(1)) is None
