"""Two bots on one PostgreSQL, both at work: whatever an incident is owed is said and done once, and
a card says one thing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import Bot
from tests.postgres import Server
from tests.scenarios.pressing import press_at_once
from tests.scenarios.test_incident_ends import issues, root
from tests.scenarios.test_incident_stories import room, timeline
from tests.scenarios.test_paging import events, woken
from tests.scenarios.test_publishing import emitted, kuma
from tests.scenarios.workspace import Workspace, workspace

AT_1432 = datetime(2024, 3, 26, 14, 32, tzinfo=UTC)
OUTAGE = "/incident outage All users unable to access service"
SILENT = "Waiting for GitHub (no answer for more than 4 s)"
RULES = {"incidents": {"cadence": {"outage": "PT5M"}}}


@pytest.fixture
async def team(tmp_path: Path, server: Server, migrated_postgres: str) -> AsyncIterator[Workspace]:
    address = server.address(server.create(migrated_postgres))
    async with workspace(tmp_path, at=AT_1432, database=address, rules=RULES) as opened:
        yield opened


@asynccontextmanager
async def replica(team: Workspace) -> AsyncIterator[Bot]:
    """A second bot on the same database, at whatever port is free."""
    other = team.made(PORT="0")
    try:
        await other.start()
        await team.passes("PT2S")
        yield other
    finally:
        await other.stop()


async def passes(team: Workspace, minutes: int) -> None:
    """Time goes on; a moment more for whichever bot is behind the other. Never by as much as after
    which a try counts as cut off: one bot takes the clock there while the other still works.
    """
    for _ in range(2 * minutes):
        await team.passes("PT30S")
    await team.passes("PT2S")


def count(words: str, lines: list[str]) -> int:
    return sum(words in line for line in lines)


async def doubled(team: Workspace) -> list[str]:
    """Messages that Slack was asked to post twice."""
    sent = await team.sent("/chat.postMessage")
    keys = [str(row["metadata"]) for row in sent if row.get("metadata")]
    return sorted({key for key in keys if keys.count(key) > 1})


async def test_an_outage_is_told_paged_and_ended_once(team: Workspace) -> None:
    async with replica(team):
        assert team.world.link.connections == 2
        await team.types("dee", OUTAGE)
        await passes(team, 1)
        assert len(await team.channel()) == 1
        assert [event["event_action"] for event in await events(team)] == ["trigger"]
        await team.clicks("dee", "Publish", ts=await root(team))
        await team.submits("dee")
        await passes(team, 1)
        assert (await emitted(team)).count("postIncident") == len(await kuma(team)) == 1
        assert count("the next update is due", await team.letters("dee")) == 1
        await passes(team, 3)
        assert count("is due now", await room(team)) == 1
        await passes(team, 2)
        assert count("No new information since", await room(team)) == 1
        assert count("No new information", await timeline(team)) == 1

        await team.clicks("dee", "Resolve", ts=await root(team))
        await passes(team, 1)
        assert count("INCIDENT RESOLVED", await team.channel()) == 1
        assert [event["event_action"] for event in await events(team)] == ["trigger", "resolve"]
        assert len(await woken(team)) == len(await issues(team)) == 1
        assert await kuma(team) == []
    await team.close()
    await team.post("/clock", advance="PT24H10M")
    async with asyncio.TaskGroup() as both:
        both.create_task(team.open())
        other = both.create_task(stays(team))
    async with other.result():
        await passes(team, 1)
        assert count("post-mortem of INC-1", await team.letters("dee")) == 1
        assert await doubled(team) == []


async def stays(team: Workspace) -> AsyncExitStack:
    """A second bot that begins at the same time."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(replica(team))
        return stack.pop_all()


async def test_words_that_follow_a_first_post_under_way_make_no_second_one(
    team: Workspace,
) -> None:
    async with replica(team):
        await team.types("dee", OUTAGE)
        await passes(team, 1)
        await team.fault("kuma", "slow:4", path="postIncident")
        await team.clicks("dee", "Publish", ts=await root(team))
        await team.submits("dee")
        async with asyncio.timeout(30):
            while "postIncident" not in await emitted(team):
                await asyncio.sleep(0.02)
        await team.clicks("bo", "Update Status Page", ts=await root(team))
        await team.submits("bo", **{"What the public reads": "It is the proxy."})
        async with asyncio.timeout(30):  # of real time, which the clock of the team only follows
            while not await kuma(team):
                await asyncio.sleep(0.02)
        await passes(team, 2)
        assert (await emitted(team)).count("postIncident") == len(await kuma(team)) == 1
        assert await kuma(team) == [("Service outage detected (INC-1)", "It is the proxy.")]
        ts = await root(team)
        await press_at_once(team, "Resolve", ts, "ana", "dee")
        await passes(team, 1)
        assert count("INCIDENT RESOLVED", await team.channel()) == 1
        assert await kuma(team) == []
        assert (await emitted(team)).count("resolveIncident") == 1


async def test_both_say_on_a_card_who_gives_no_answer_and_edit_it_once_each_at_most(
    team: Workspace,
) -> None:
    async with replica(team):
        await team.asks()
        await passes(team, 1)
        await team.fault("github", "slow:6", path="/jobs", count=100)
        await team.clicks("bo", "Approve")
        async with asyncio.timeout(30):
            while not await team.shows(SILENT):
                await asyncio.sleep(0.02)
        await team.mends()
        await passes(team, 3)
        assert await team.state() == "Succeeded"
        assert not await team.shows("Waiting for")
        edits = await team.sent("/chat.update")
        assert count(SILENT, [str(edit["blocks"]) for edit in edits]) in (1, 2)


async def test_what_one_bot_leaves_the_other_goes_on_with(team: Workspace) -> None:
    async with replica(team) as other:
        await team.types("ana", OUTAGE)
        await passes(team, 3)
        assert team.bot is not None
        first, team.bot = team.bot, None
        await first.stop()
        await passes(team, 5)
        assert count("is due now", await room(team)) == 1
        assert count("No new information since", await room(team)) == 1
        await team.types("ana", "/incident update The database is full")
        await passes(team, 0)
        assert count("The database is full", await room(team)) == 1
        told = await other.store.read(lambda tx: [event.text for event in tx.events(1)])
        assert count("gonogo was away", told) == 0
        assert [event["event_action"] for event in await events(team)] == ["trigger"]
