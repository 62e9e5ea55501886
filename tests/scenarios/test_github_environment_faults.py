"""A gate of GitHub's answers late, badly or not at all, or can be answered by nobody."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.scenarios import outside
from tests.scenarios.gates import answers, at_the_gate
from tests.scenarios.workspace import Workspace, workspace


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    """Production at GitHub has required reviewers, one of them the bot's second account."""
    async with workspace(tmp_path, seed="gated") as opened:
        yield opened


async def test_a_gate_that_times_out_is_no_silent_end(team: Workspace) -> None:
    run = await at_the_gate(team)
    outside.gate_times_out(team.world, run["id"])
    await team.passes("PT70S")

    assert await team.state() == "Failed"
    assert "while it waited at GitHub's gate: the gate timed out" in await team.card()
    assert any("its run ended at GitHub's gate" in text for text in await team.channel())


async def test_a_lost_answer_is_looked_for_and_not_sent_again(team: Workspace) -> None:
    await at_the_gate(team)
    await team.fault("github", "status_after_apply:502", path="pending_deployments", method="POST")
    await team.clicks("bo", "Approve")
    await team.passes("PT90S")

    assert await team.state() == "Succeeded"
    assert len(await answers(team)) == 1
    assert "Four eyes" not in await team.card()


async def test_an_answer_that_never_arrived_is_sent_once_more(team: Workspace) -> None:
    await at_the_gate(team)
    await team.fault("github", "status:502", path="pending_deployments", method="POST")
    await team.clicks("bo", "Approve")
    await team.passes("PT2M")

    assert await team.state() == "Succeeded"
    assert len(await answers(team)) == 2


async def test_a_decision_outlives_the_bot_that_was_to_pass_it_on(team: Workspace) -> None:
    await at_the_gate(team)
    await team.fault("github", "status:503", path="/actions/runs/", count=1000)
    await team.clicks("bo", "Approve")
    await team.passes("PT5S")
    await team.close()
    await team.mends()
    await team.open()
    await team.passes("PT90S")

    assert await team.state() == "Succeeded"
    assert len(await answers(team)) == 1


async def test_a_gate_that_is_not_of_this_deployment_is_never_answered(tmp_path: Path) -> None:
    begin = partial(outside.give_gate, job="verify", environment="checks")
    async with workspace(tmp_path, seed="gated", begin=begin) as team:
        await team.asks()
        await team.passes("PT30S")
        assert "The run waits at GitHub for something that is not this deployment's" in (
            await team.card()
        )
        assert await team.state() == "Running"
        assert await team.letters("bo") == []
        run = (await team.runs_of("v1.2.1"))[-1]
        await team.post("/github/approve_gate", **{"run": run["id"], "as": "dee"})
        await team.passes("PT30S")
        assert await team.state() == "Waiting for approval"
        await team.clicks("bo", "Approve")
        await team.passes("PT60S")

        assert await team.state() == "Succeeded"
        place = outside.repo(team.world).environments["production"]
        assert [answer["environment_ids"] for answer in await answers(team)] == [[place.id]]


@pytest.mark.parametrize("how", ["drop", "duplicate", "shuffle"])
async def test_webhooks_change_nothing_but_the_pace(team: Workspace, how: str) -> None:
    await team.fault("github", f"webhooks:{how}", count=300)
    await at_the_gate(team)
    await team.clicks("bo", "Approve")
    await team.passes("PT90S")

    assert await team.state() == "Succeeded"
    assert len(await answers(team)) == len(await team.dispatches()) == 1
    assert len([text for text in await team.thread() if "waits for your approval" in text]) == 1


async def test_a_gate_that_nobody_can_answer_for_us_asks_for_people(team: Workspace) -> None:
    run = await at_the_gate(team)
    place = outside.repo(team.world).environments["production"]
    place.reviewers = ("dee-acme",)
    await team.clicks("bo", "Approve")
    await team.passes("PT5S")

    assert "GitHub does not take the approval (gonogo-reviewer is no required reviewer" in (
        await team.card()
    )
    alerts = [text for text in await team.channel() if "GitHub does not take the approval" in text]
    assert len(alerts) == 2  # the card and one alert
    await team.post("/github/approve_gate", **{"run": run["id"], "as": "dee"})
    await team.passes("PT2M")
    assert await team.state() == "Succeeded"
    assert await answers(team) == []


async def test_without_reviewers_no_run_is_begun(tmp_path: Path) -> None:
    async with workspace(tmp_path, seed="gated") as team:
        outside.repo(team.world).environments["production"].reviewers = ()
        answer = await team.types("ana", "/deploy v1.2.1")
        await team.passes("PT3S")
        assert answer != ""
        assert (
            "has no required reviewers, so a run would not wait for anybody"
            in ((await team.told("ana"))[-1])
        )
        assert await team.dispatches() == []
