"""Trouble outside: it is said what is waited for, it goes on by itself, nothing happens twice."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sandbox.holds import Hold
from sandbox.journal import Entry
from sandbox.world import World
from tests.scenarios.test_targets import card_of, deployed, host, two
from tests.scenarios.workspace import PATIENCE, Json, Workspace, workspace

ALWAYS = 100_000
SILENT = "Waiting for {} (no answer for more than 4 s)"


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


@pytest.mark.parametrize(
    ("system", "path", "status", "name"),
    [
        ("github", "/releases/tags/", "Approved, about to start", "GitHub"),
        ("github", "/jobs", "Running", "GitHub"),
        ("slack", "/users.info", "Approved, about to start", "Slack"),
    ],
)
async def test_a_card_says_who_gives_no_answer_for_as_long_as_that_lasts(
    team: Workspace, system: str, path: str, status: str, name: str
) -> None:
    await team.asks()
    await team.passes("PT10S")
    silence = hold(team, lambda entry: entry.system == system and path in entry.path)
    await team.clicks("bo", "Approve")
    said = SILENT.format(name)
    await reads(team, f"{status}\n{said}\n")
    assert await hanging(team, system, path)
    silence.let_go()
    await team.passes("PT2M")

    assert await team.state() == "Succeeded"
    assert not await team.shows("Waiting for")
    assert [said in str(edit["blocks"]) for edit in await team.sent("/chat.update")].count(
        True
    ) == 1


async def test_health_that_gives_no_answer_is_said_as_a_reading(team: Workspace) -> None:
    await team.asks_and_approves()
    await team.until(lambda: team.shows("\nValidating\n"), "PT5S")
    hold(team, lambda entry: entry.system == "health" and entry.path == "/production")
    await reads(team, "Health: no answer within 5 s")


@pytest.mark.parametrize(
    ("system", "name", "rules"), [("vercel", "Vercel", two), ("ssh", "the host", host)]
)
async def test_a_rollback_says_which_place_gives_no_answer(
    tmp_path: Path, system: str, name: str, rules: Callable[[World], Json]
) -> None:
    async with workspace(tmp_path, rules=rules, host=system == "ssh") as team:
        await deployed(team)
        await team.types("bo", "/rollback because orders are lost")
        await team.passes("PT5S")
        silence = hold(team, lambda entry: entry.system == system)
        await team.clicks_own("bo", "Roll Back to v1.2.0")
        await reads(team, f"\n{SILENT.format(name)}\n")
        assert await hanging(team, system)
        silence.let_go()
        await team.until(lambda: goes_on(team), "PT5S")


async def goes_on(team: Workspace) -> bool:
    return "Waiting for" not in await card_of(team)


def hold(team: Workspace, of: Callable[[Entry], bool]) -> Hold:
    """The next of these requests of the bot gets no answer until it is let go; then it is cut."""
    made = team.world.hold = Hold(after=False, of=of)
    return made


async def reads(team: Workspace, words: str) -> None:
    """Until a card says so, in real time: no clock is moved while something hangs."""

    async def is_there() -> bool:
        return any(words in text for text in await team.channel())

    await soon(is_there)


async def soon(seen: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await seen():
            await asyncio.sleep(0.05)


async def has_messages(team: Workspace) -> bool:
    return bool(await team.channel())


async def everything_is_there_once(team: Workspace) -> None:
    """One card, settled, one success message, and no reply twice."""
    card, success = await team.channel()
    assert "Succeeded" in card
    assert success.startswith("✅ v1.2.1 deployed to production")
    replies = await team.thread()
    assert len(set(replies)) == len(replies) > 0


async def test_a_deployment_at_whose_github_nothing_answers_holds_up_no_other(
    tmp_path: Path,
) -> None:
    """In real time, as the other one would: no clock is moved while something hangs."""
    others = {f"s{number:02}": None for number in range(3, 21)}
    async with workspace(tmp_path, seed="many", rules={"services": others}) as team:
        script = {"workflow": "release.yml", "script": "auto_success", "seconds": 1}
        await team.post("/github/preset", **script)
        for service in ("s01", "s02"):
            await team.asks(f"/deploy v1.2.1 {service}")
        cards = {row["text"][:3]: row["ts"] for row in await team.messages()}
        await team.fault("github", "timeout", path="acme/s02", count=1000)
        await team.clicks("bo", "Approve", ts=cards["s02"])
        await soon(lambda: hanging(team, "github", "acme/s02"))
        await team.clicks("bo", "Approve", ts=cards["s01"])
        await reads(team, "✅ v1.2.1 deployed to production")

        stuck = next(text for text in await team.channel() if text.startswith("s02"))
        assert stuck.splitlines()[1] == "Approved, about to start"
        assert [one["path"].split("/")[3] for one in await team.dispatches()] == ["s01"]


async def hanging(team: Workspace, system: str, path: str = "") -> bool:
    """Whether a request there is without an answer."""
    rows = (await team.get("/journal", system=system))["journal"]
    return any(path in row["path"] and row["status"] is None for row in rows)
