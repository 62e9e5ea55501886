"""Runs that nobody waits for any more: the late one of a closed deployment, what is run again under
a deployment that no longer looks at its run, and what was over before it did anything.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.services.deployments import decisions
from tests.services.team import PEOPLE, Team


async def deploys(team: Team, version: str) -> int:
    """Ana asks, Bo approves, and it is sent; its number."""
    assert await team.asks("ana", version) is None
    await team.works()
    number = (await team.newest()).id
    assert await team.approves("bo", number) is None
    await team.works()
    return number


async def looks(team: Team) -> None:
    """A poll: what was started outside is looked for."""
    team.resting.clear()
    await team.passes(1)


async def every(team: Team) -> list[Deployment]:
    """All deployments in the order of their numbers."""
    return sorted(await team.all(), key=lambda one: one.id)


async def goes_well(team: Team) -> None:
    team.hub.drives("success")
    for _ in range(5):
        await team.passes(60)


async def closes(team: Team, number: int) -> str:
    """Bo presses Close as Failed; what he reads."""
    said = await team.store.run(
        lambda tx: decisions.close_failed(tx, team.config, number, PEOPLE["bo"])
    )
    return said.text


async def told(team: Team, words: str) -> list[str]:
    posts = await team.store.read(lambda tx: tx.posts_due(tx.now))
    return [post.message.text for post in posts if words in post.message.text]


async def never_shown(team: Team) -> int:
    """v1.1.0 was accepted by GitHub, which shows no run of it; closed as failed."""
    team.hub.answers, team.hub.lag = ["not_named"], 3000
    number = await deploys(team, "v1.1.0")
    for _ in range(12):
        await team.passes(60)
    assert (await team.newest()).state is State.NEEDS_ATTENTION
    said = await closes(team, number)
    assert said.endswith(
        "closed as failed. Should GitHub begin its run after all, it gets a card of its own and is "
        "told there."
    )
    team.hub.lag = 0
    return number


async def test_the_late_run_of_a_closed_deployment_is_followed_loudly(team: Team) -> None:
    await never_shown(team)
    await deploys(team, "v1.2.0")
    team.hub.started[1].ends("success")
    for _ in range(5):
        await team.passes(60)
    assert await team.live("app") == "v1.2.0"

    late = team.hub.started[0]
    for _ in range(34):
        await team.passes(60)
    late.status = "in_progress"
    await looks(team)
    found = (await every(team))[-1]
    assert (found.name, found.version, found.run_id) == ("D3", "v1.1.0", late.id)
    assert found.outside is not None
    assert (found.state, found.outside.late_for) == (State.RUNNING, "D1")
    [alert] = await told(team, "The late run of D1")
    assert "D1 was over by then (failed)" in alert
    await goes_well(team)
    states = [one.state for one in await every(team)]
    assert states == [State.FAILED, State.SUCCEEDED, State.SUCCEEDED]


async def test_the_late_run_holds_up_what_would_be_sent_into_it(team: Team) -> None:
    await never_shown(team)
    late = team.hub.started[0]
    assert await team.asks("ana", "v1.2.0") is None
    await team.works()
    late.listed_at, late.status = team.clock.now(), "in_progress"
    await team.approves("bo", 2)
    await team.works()
    assert [run.id for run in team.hub.started] == [late.id]
    await looks(team)
    ending = (await every(team))[1].ending
    assert ending is not None
    assert ending.text == (
        "GitHub began the late run of D1 (v1.1.0), so what was checked no longer holds. "
        "Nothing was deployed."
    )


async def test_the_run_of_a_deployment_that_had_one_is_never_late(team: Team) -> None:
    number = await deploys(team, "v1.1.0")
    await goes_well(team)
    assert (await team.newest()).state is State.SUCCEEDED
    await looks(team)
    assert [one.id for one in await team.all()] == [number]


async def degraded(team: Team) -> None:
    """v1.1.0 runs, and its validation failed."""
    await deploys(team, "v1.1.0")
    team.hub.drives("success")
    await team.passes(10)
    before = await team.newest()
    assert before.state is State.VALIDATING
    bad = before.to(State.DEGRADED, team.clock.now(), notice="not healthy")
    await team.store.run(lambda tx: tx.save(before, replace(bad, live_at=team.clock.now())))


async def test_who_runs_a_degraded_one_again_is_followed_in_its_place(team: Team) -> None:
    await degraded(team)
    team.hub.started[0].is_run_again("carl", team.clock.now())
    await looks(team)
    before, found = await every(team)
    assert before.state is State.FAILED
    assert before.ending is not None
    assert before.ending.text == (
        "carl started v1.1.0 outside Slack (run 7001) before anybody decided about D1."
    )
    assert (found.state, found.run_id, found.run_attempt) == (State.RUNNING, 7001, 2)
    await goes_well(team)
    assert [one.state for one in await every(team)] == [State.FAILED, State.SUCCEEDED]


async def begins_nothing(team: Team, version: str) -> None:
    """Carl starts a run in the browser by mistake, and cancels it before a runner takes it."""
    team.clock.forward(60)
    run = team.hub.begins("acme/app", "release.yml", {"version": version}, "carl")
    run.untaken = True
    run.ends("cancelled")
    await looks(team)
    await team.passes(60)


async def test_what_did_nothing_closes_no_degraded_deployment(team: Team) -> None:
    await degraded(team)
    await begins_nothing(team, "v1.2.0")
    found, other = await every(team)
    assert (found.state, found.ending) == (State.DEGRADED, None)
    assert await team.holder("app") == found
    assert (other.state, other.version, other.adopted) == (State.FAILED, "v1.2.0", True)


@pytest.mark.parametrize("is_approved", [True, False])
async def test_what_did_nothing_takes_no_place_from_what_waits(
    team: Team, is_approved: bool
) -> None:
    assert await team.asks("ana", "v1.3.0") is None
    await team.works()
    if is_approved:
        team.hub.silent = {"workflow"}
        assert await team.approves("bo", 1) is None
        await team.works()
    await begins_nothing(team, "v1.1.0")
    found = (await every(team))[0]
    assert found.state is (State.APPROVED if is_approved else State.AWAITING_APPROVAL)
    assert await told(team, "so what was checked no longer holds") == []


async def test_what_did_nothing_takes_no_place_from_what_is_asked_for_meanwhile(team: Team) -> None:
    async def on_call(what: str) -> None:
        if what == "tag":  # the slot was looked at already
            team.hub.on_call = None
            assert await team.asks("ana", "v1.3.0") is None

    team.hub.on_call = on_call
    await begins_nothing(team, "v1.1.0")
    team.hub.told.clear()
    await looks(team)
    first, other = await every(team)
    assert (first.version, first.ending) == ("v1.3.0", None)
    assert await team.holder("app") == first
    assert (other.version, other.state) == ("v1.1.0", State.FAILED)


async def test_who_runs_it_again_while_it_is_validated_is_told_and_followed_next(
    team: Team,
) -> None:
    await deploys(team, "v1.1.0")
    team.hub.drives("success")
    await team.passes(10)
    assert (await team.newest()).state is State.VALIDATING
    team.hub.started[0].is_run_again("carl", team.clock.now())
    await looks(team)
    assert len(await told(team, "Two at once in app production: D1 and a run that carl")) == 1
    for _ in range(5):
        await team.passes(60)
        await looks(team)
    assert [one.run_attempt for one in await every(team)] == [1, 2]


async def test_a_run_that_is_watched_is_followed_whoever_runs_it_again(team: Team) -> None:
    await deploys(team, "v1.1.0")
    team.hub.started[0].is_run_again("carl", team.clock.now())
    await looks(team)
    await team.passes(60)
    [found] = await team.all()
    assert (found.state, found.run_attempt) == (State.RUNNING, 2)
