"""Delivery: a card says how it stands, whatever became of its post, and words keep their order."""

import asyncio
from pathlib import Path

import pytest

from bot.messages.blocks import Block, Message
from bot.ports import Post, Tx
from sandbox.world import World
from tests.scenarios import outside
from tests.scenarios.workspace import Workspace, workspace


async def test_a_card_cancelled_while_its_post_is_on_its_way_says_so(team: Workspace) -> None:
    await team.fault("slack", "reset_after_apply", path="chat.postMessage")
    await team.types("ana", "/deploy v1.2.1")
    async with asyncio.timeout(60):
        while not await team.messages():
            await asyncio.sleep(0.02)
    await team.clicks("ana", "Cancel")
    await team.passes("PT1M")

    assert await team.state() == "Cancelled"
    assert len(await team.channel()) == 1


@pytest.mark.parametrize("kind", ["status:503", "status:429:retry_after=2"])
async def test_what_was_posted_is_not_posted_again_while_nobody_can_look(
    team: Workspace, kind: str
) -> None:
    await team.fault("slack", "reset_after_apply", path="chat.postMessage")
    await team.fault("slack", kind, path="conversations.history", count=3)
    await team.types("ana", "/deploy v1.2.1")
    await team.passes("PT1M")

    assert len(await team.channel()) == 1
    await team.clicks("ana", "Cancel")
    await team.passes("PT5S")
    assert await team.state() == "Cancelled"


async def test_a_card_that_somebody_deleted_is_posted_once_more(team: Workspace) -> None:
    await team.asks()
    await team.clicks("bo", "Approve")
    outside.delete_message(team.world, (await team.messages())[0]["ts"])
    await team.passes("PT1M")

    card, success = await team.channel()
    assert "Succeeded" in card
    assert success.startswith("✅ v1.2.1 deployed to production")
    assert len([reply for reply in await team.thread() if reply.startswith("Run")]) == 1
    assert await deletions(team) == 1


async def test_who_deletes_a_card_twice_means_it(team: Workspace) -> None:
    await team.post("/github/preset", workflow="release.yml", script="manual")
    await team.asks()
    for person, button in (("bo", "Approve"), ("ana", "Cancel")):
        await team.clicks(person, button)
        outside.delete_message(team.world, (await team.messages())[0]["ts"])
        await team.passes("PT5S")
    await team.passes("PT1M")

    assert await team.channel() == []
    assert "cancelled" in await team.types("ana", "/deployments history")
    assert await deletions(team) == 1


async def deletions(team: Workspace) -> int:
    return [entry.action for entry in await team.trail("D2")].count("card_deleted")


async def test_a_card_that_slack_declined_for_a_day_is_shown_when_there_is_news(
    tmp_path: Path,
) -> None:
    def nobody_can_post(world: World) -> None:
        world.slack.channel_named("deployments").archived = True

    rules = {"approval": {"expires": "PT48H"}}
    async with workspace(tmp_path, rules=rules, begin=nobody_can_post) as team:
        await team.types("ana", "/deploy v1.2.1", channel="general")
        await team.passes("PT2S")
        await team.sleeps("PT25H")
        await team.passes("PT5S")
        assert "post_refused" in {entry.action for entry in await team.trail("card:2")}
        team.world.slack.channel_named("deployments").archived = False
        await team.sleeps("PT24H")
        await team.passes("PT5S")

        assert (await team.state()).startswith("Expired")


async def test_an_edit_that_slack_declines_is_given_up_until_there_is_news(
    team: Workspace,
) -> None:
    await team.asks()
    team.world.slack.channel_named("deployments").archived = True
    await team.clicks("ana", "Cancel")
    await team.passes("PT12M")
    tried = len(await team.sent("/chat.update"))
    await team.passes("PT30M")

    assert len(await team.sent("/chat.update")) == tried


@pytest.mark.parametrize("kind", ["status:429:retry_after=30", "status:500"])
async def test_what_comes_after_a_post_that_has_to_wait_waits_too(
    team: Workspace, kind: str
) -> None:
    await team.fault("slack", kind, path="chat.postMessage")
    await said(team, "first", "second")
    await team.passes("PT1S")
    await said(team, "third")
    await team.passes("PT1M")

    assert await team.channel() == ["first", "second", "third"]


async def test_what_slack_declines_keeps_nobody_waiting(team: Workspace) -> None:
    await said(team, "first", "second", blocks=({"type": "no such block"},))
    await said(team, "third")
    await team.passes("PT5S")

    assert await team.channel() == ["third"]


async def said(team: Workspace, *words: str, blocks: tuple[Block, ...] = ()) -> None:
    """The bot has these to say in #deployments."""
    assert team.bot is not None

    def post(tx: Tx) -> None:
        for word in words:
            message = Message(word, blocks)
            tx.post(Post(key=f"test:{word}", channel="deployments", message=message))

    await team.bot.store.run(post)
