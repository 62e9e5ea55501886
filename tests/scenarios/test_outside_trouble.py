"""Trouble outside: it is said what is waited for, it goes on by itself, nothing happens twice."""

import pytest

from tests.scenarios.workspace import Workspace

ALWAYS = 100_000


async def test_github_that_fails_for_two_minutes_loses_nothing(team: Workspace) -> None:
    await team.asks()
    await team.fault("github", "status:502", count=ALWAYS)
    await team.clicks("bo", "Approve")
    await team.until(lambda: team.shows("Waiting for GitHub (502"), "PT5S")
    assert await team.shows(", next try 10:0")
    await team.mends()
    await team.passes("PT2M")

    assert await team.state() == "Succeeded"
    assert len(await team.dispatches()) == len(await team.runs_of("v1.2.1")) == 1


async def test_github_that_fails_while_it_runs_is_said_on_the_card(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT8S")
    await team.fault("github", "status:500", path="/actions/runs", count=ALWAYS)
    await team.until(lambda: team.shows("Waiting for GitHub (500"), "PT5S")
    assert await team.state() == "Running"
    await team.mends()
    await team.passes("PT2M")

    assert await team.state() == "Succeeded"
    assert not await team.shows("Waiting for")


async def test_a_request_waits_for_github_and_the_history_says_so(team: Workspace) -> None:
    await team.fault("github", "status:502", count=ALWAYS)
    await team.types("ana", "/deploy v1.2.1")
    await team.passes("PT5S")
    assert "Waiting for GitHub (502" in await team.types("ana", "/deployments why D2")
    await team.mends()
    await team.passes("PT1M")

    assert await team.state() == "Waiting for approval"


async def test_a_rate_limit_of_github_is_waited_out(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.passes("PT5S")
    await team.fault("github", "rate_limit", count=3)
    await team.passes("PT5M")

    assert await team.state() == "Succeeded"
    assert len(await team.dispatches()) == 1


@pytest.mark.parametrize("kind", ["status:429:retry_after=5", "status_after_apply:502"])
async def test_a_post_that_slack_answers_badly_is_there_once(team: Workspace, kind: str) -> None:
    await team.fault("slack", kind, path="chat.postMessage")
    await team.asks()
    await team.passes("PT1M")
    await team.fault("slack", kind, path="chat.postMessage")
    await team.clicks("bo", "Approve")
    await team.passes("PT2M")

    await everything_is_there_once(team)


async def test_a_post_whose_connection_is_cut_after_it_went_out_is_there_once(
    team: Workspace,
) -> None:
    await team.fault("slack", "reset_after_apply", path="chat.postMessage", count=3)
    await team.asks()
    await team.passes("PT2M")
    await team.clicks("bo", "Approve")
    await team.fault("slack", "reset_after_apply", path="chat.postMessage", count=3)
    await team.passes("PT3M")

    await everything_is_there_once(team)


async def test_a_post_that_slack_never_answers_is_there_once(team: Workspace) -> None:
    await team.fault("slack", "timeout", path="chat.postMessage")
    await team.types("ana", "/deploy v1.2.1")
    await team.until(lambda: has_messages(team), "PT5S")
    await team.clicks("bo", "Approve")
    await team.passes("PT1M")

    await everything_is_there_once(team)


async def test_edits_that_fail_are_made_up_for(team: Workspace) -> None:
    await team.asks()
    await team.fault("slack", "status:429:retry_after=10", path="chat.update", count=3)
    await team.clicks("bo", "Approve")
    await team.passes("PT2M")

    assert await team.state() == "Succeeded"
    await everything_is_there_once(team)


async def test_people_who_cannot_be_looked_up_are_waited_for_before_the_effect(
    team: Workspace,
) -> None:
    await team.asks()
    await team.fault("slack", "status:429:retry_after=20", path="users.info", count=4)
    await team.clicks("bo", "Approve")
    await team.passes("PT10S")
    assert await team.shows("Waiting for Slack (")
    assert await team.dispatches() == []
    await team.passes("PT2M")

    assert await team.state() == "Succeeded"


@pytest.mark.parametrize("system", ["slack", "github", "health"])
async def test_commands_are_answered_at_once_while_an_outside_system_hangs(
    team: Workspace, system: str
) -> None:
    await team.asks()
    await team.fault(system, "slow:10", count=ALWAYS)
    for line in ("/deploy v1.2.1", "/deployments", "/deployments why D2"):
        said = await team.post("/say", **{"as": "ana", "channel": "deployments", "text": line})
        assert said["ack_ms"] < 1000, line
    pressed = await team.clicks("bo", "Approve")
    assert pressed["ack_ms"] < 1000
    await team.mends()


async def has_messages(team: Workspace) -> bool:
    return bool(await team.channel())


async def everything_is_there_once(team: Workspace) -> None:
    """One card, settled, one success message, and no reply twice."""
    card, success = await team.channel()
    assert "Succeeded" in card
    assert success.startswith("✅ v1.2.1 deployed to production")
    replies = await team.thread()
    assert len(set(replies)) == len(replies) > 0
