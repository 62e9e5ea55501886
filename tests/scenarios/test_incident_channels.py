"""An incident with a channel of its own: its room from the first word to the last."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.slack.channels import Channel
from sandbox.slack.identity import BOT_USER_ID
from sandbox.world import World
from tests.scenarios.test_incident_ends import OUTAGE, deployed, message, root
from tests.scenarios.test_incident_ends import room as thread
from tests.scenarios.workspace import Workspace, workspace

NAME = "inc-1-service-outage-detected"
REMINDED = ("@ana The update that was promised", "@ana No new information since")
"""Of which one is said, as far as the clock had gone on by itself."""

RULES = {"incidents": {"own_channel": True}}


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Workspace]:
    async with workspace(tmp_path, rules=RULES) as opened:
        yield opened


def channels(team: Workspace) -> list[Channel]:
    return [one for one in team.world.slack.channels.values() if one.creator == BOT_USER_ID]


def people(team: Workspace, channel: Channel) -> set[str]:
    return {team.world.slack.users[one].name for one in channel.members} - {"gonogo"}


def is_reminded(lines: list[str]) -> bool:
    return any(line.startswith(REMINDED) for line in lines)


async def said(team: Workspace, channel: str = NAME) -> list[str]:
    return [row["rendered"] for row in await team.messages(channel)]


async def test_its_room_from_the_first_word_to_the_last(team: Workspace) -> None:
    await deployed(team)
    await team.types("cy", OUTAGE)
    await team.passes("PT2S")
    [made] = channels(team)
    assert made.name == NAME and people(team, made) == {"cy", "bo", "dee"}
    assert made.topic.startswith("INC-1 outage: Service outage detected http://127.0.0.1")
    assert f"Room: #{NAME}" in await message(team)
    assert await thread(team) == []
    first = await said(team)
    assert first[0].startswith("Suspect: v1.2.1")
    assert "INC-1 is worked on here. How it stands, and its buttons: The message" in first

    await team.clicks("bo", "Assign Lead", ts=await root(team))
    await team.submits("bo", Lead="ana")
    await team.types("ana", "/incident minor The logo is pale")
    await team.passes("PT2S")
    assert "ana" in people(team, made)
    update = {"as": "ana", "channel": NAME, "text": "/incident update It is the proxy"}
    answer = (await team.post("/say", **update))["response"]["rendered"]
    assert answer.startswith("INC-1: your update is posted")
    pinned = await team.post("/say", **{"as": "bo", "channel": NAME, "text": "Proxy restarted"})
    await team.post("/pin", **{"as": "bo", "channel": NAME, "ts": pinned["ts"]})
    await team.passes("PT15M")
    assert is_reminded(await said(team))
    assert team.bot is not None
    events = await team.bot.store.read(lambda tx: tx.events(1))
    assert "Proxy restarted" in [event.text for event in events]

    await team.clicks("bo", "Close", ts=await root(team))
    await team.submits("bo", **{"Close as": "False positive"})
    await team.passes("PT5S")
    assert any("INC-1 is closed now" in line for line in (await said(team))[-2:])
    assert not made.archived
    await team.passes("PT1M")
    assert made.archived and f"Room: #{NAME}, archived" in await message(team)
    assert await thread(team) == []
    rows = await team.messages(NAME)
    assert [row["buttons"] for row in rows if row["buttons"]] == []


async def test_who_presses_a_button_of_an_archived_channel_is_answered(team: Workspace) -> None:
    await deployed(team)
    await team.types("cy", OUTAGE)
    await team.passes("PT11M")
    offers = [row["ts"] for row in await team.messages(NAME) if "Roll Back" in row["buttons"]]
    assert len(offers) == 2  # the suspect, and the question who decides about it
    await team.clicks("bo", "Close", ts=await root(team))
    await team.submits("bo", **{"Close as": "False positive"})
    await team.passes("PT2M")
    await team.clicks("bo", "Roll Back", channel=NAME, ts=offers[1], stale=True)
    await team.passes("PT1S")
    assert (await team.letters("bo"))[-1].startswith("Nothing was done: INC-1 is closed")


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("status_after_apply:502", "create"),
        ("reset_after_apply", "create"),
        ("status:502", "create"),
        ("status_after_apply:502", "invite"),
    ],
)
async def test_a_lost_answer_makes_one_channel_with_everybody_in_it(
    team: Workspace, kind: str, method: str
) -> None:
    await team.fault("slack", kind, path=f"/conversations.{method}")
    await team.types("ana", OUTAGE)
    await team.passes("PT10S")
    [made] = channels(team)
    assert made.name == NAME and f"Room: #{NAME}" in await message(team)
    assert people(team, made) == {"ana", "bo", "dee"}
    assert await said(team) and await thread(team) == []


async def test_a_name_that_somebody_has_is_left_to_them(team: Workspace) -> None:
    taken = team.world.slack.make_channel(NAME, "U0CY")
    taken.archived = True
    await team.types("ana", OUTAGE)
    await team.passes("PT10S")
    [made] = channels(team)
    assert made.name == f"{NAME}-20240326-1000"
    assert any("No deployment of app went live" in line for line in await said(team, made.name))


def forbidden(world: World) -> None:
    world.slack.lets_apps_make_channels = False


def without_scope(world: World) -> None:
    manifest = world.slack.manifest
    world.slack.manifest = replace(manifest, scopes=manifest.scopes - {"channels:manage"})


@pytest.mark.parametrize(
    ("begin", "why"),
    [
        (forbidden, "conversations_create: restricted_action"),
        (without_scope, "add the scope channels:manage to the Slack app"),
    ],
)
async def test_where_slack_makes_none_the_thread_is_the_room(
    tmp_path: Path, begin: Callable[[World], None], why: str
) -> None:
    async with workspace(tmp_path, rules=RULES, begin=begin) as team:
        await team.types("ana", OUTAGE)
        await team.passes("PT2S")
        assert "Room: this thread. There is no channel of its own: " in await message(team)
        assert why in await message(team)
        assert any("No deployment of app went live" in line for line in await thread(team))
        await team.passes("PT15M")
        assert is_reminded(await thread(team))


async def test_nobody_waits_for_a_slack_that_makes_no_channel_now(team: Workspace) -> None:
    await team.fault("slack", "status:503", path="/conversations.create", count=99)
    await team.types("ana", OUTAGE)
    await team.passes("PT10S")
    assert await thread(team) == []
    await team.passes("PT40S")
    assert "Room: this thread." in await message(team)
    assert any("No deployment of app went live" in line for line in await thread(team))


async def test_what_is_closed_at_once_needs_no_channel(team: Workspace) -> None:
    await team.fault("slack", "status:503", path="/conversations.create")
    await team.types("ana", OUTAGE)
    await team.passes("PT1S")
    await team.clicks("ana", "Close", ts=await root(team))
    await team.submits("ana", **{"Close as": "False positive"})
    await team.passes("PT3S")
    assert channels(team) == []
    assert any("INC-1 is closed now" in line for line in await thread(team))


async def test_a_channel_that_somebody_archives_gives_the_thread_back(team: Workspace) -> None:
    await deployed(team)
    await team.types("ana", OUTAGE)
    await team.passes("PT2S")
    [made] = channels(team)
    offer = next(row["ts"] for row in await team.messages(NAME) if "Roll Back" in row["buttons"])
    made.archived = True
    await team.clicks("bo", "Confirm", channel=NAME, ts=offer, stale=True)
    await team.passes("PT10S")
    assert f"Room: this thread. #{NAME} takes no messages: " in await message(team)
    assert "is_archived" in await message(team)
    said_there = await thread(team)
    assert sum(line.startswith("Cause: v1.2.1 (D2), confirmed") for line in said_there) == 1
    assert any("@bo: D2 is the cause." in line for line in said_there)
    rows = await team.messages(thread_ts=await root(team))
    [offered] = [row for row in rows if "Roll Back" in row["buttons"]]
    await team.clicks("ana", "Roll Back", ts=offered["ts"])
    await team.passes("PT1S")
    await team.clicks_own("ana", "Roll Back to v1.2.0")
    await team.passes("PT2M")
    assert "Status: Restored" in await message(team)
    assert any("It was rolled back: v1.2.0 is live." in line for line in await thread(team))
    await team.passes("PT1H")
    assert is_reminded(await thread(team))


async def test_the_suspect_comes_along_to_the_thread_though_nothing_about_it_changed(
    team: Workspace,
) -> None:
    await deployed(team)
    await team.types("ana", OUTAGE)
    await team.passes("PT2S")
    [made] = channels(team)
    made.archived = True
    for text in ("Still looking", "At the database"):
        await team.types("ana", f"/incident update INC-1 {text}")
        await team.passes("PT10S")
    assert f"Room: this thread. #{NAME} takes no messages: " in await message(team)
    rows = await team.messages(thread_ts=await root(team))
    assert sum("Roll Back" in row["buttons"] for row in rows) == 1
    assert sum("Still looking" in row["rendered"] for row in rows) == 1
