"""The local Slack is Slack enough for the official JavaScript framework."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.slack.manifest import Manifest
from tests.contracts.bolt_js import App, installed, running
from tests.sandbox.slack_stage import Stage, raised, until

pytestmark = pytest.mark.needs("node")
WISH = {"Version": "v1.2.1", "Reason": "it is time"}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with raised(Manifest(events=frozenset({"app_mention"}))) as stage:
        yield stage


@pytest.fixture(scope="module")
def folder() -> Path:
    return installed()


@pytest.fixture
async def app(stage: Stage, folder: Path) -> AsyncIterator[App]:
    """The app, connected."""
    async with running(folder, stage.world.env()) as app:
        assert await app.tells() == {"what": "started", "refused": "channel_not_found"}
        yield app


async def shown(stage: Stage, text: str, **query: str) -> list[str]:
    """All that is read in the channel (or thread), once the text is part of it."""
    async with asyncio.timeout(60):
        while text not in (found := await stage.texts(**query)):
            await asyncio.sleep(0.02)
    return found


async def test_a_command_is_acked_and_answered_in_the_channel_its_thread_and_alone(
    stage: Stage, app: App
) -> None:
    said = await stage.say("ana", "/card v1.2.1")
    assert said["response"]["text"] == "You typed v1.2.1"
    assert said["ack_ms"] < 3000
    mine = await shown(stage, "The card is there", **{"as": "ana"})
    assert mine == ["You typed v1.2.1", "app v1.2.1", "The card is there"]
    [card] = await stage.messages()
    assert card["buttons"] == ["Approve"]
    assert await shown(stage, "The detail", thread_ts=card["ts"])


async def test_a_button_edits_its_message_and_tells_the_one_who_pressed_it(
    stage: Stage, app: App
) -> None:
    await stage.say("ana", "/card v1.2.1")
    await shown(stage, "The card is there", **{"as": "ana"})
    [card] = await stage.messages()
    pressed = await stage.click("bo", card["ts"], "Approve")
    assert (pressed["ok"], pressed["modal"]) == (True, None)
    await shown(stage, "You approved D2", **{"as": "bo"})
    [card] = await stage.messages()
    assert (card["buttons"], card["text"]) == ([], "approved")
    assert card["edited"]


async def test_a_form_asks_for_its_options_shows_errors_and_is_sent(stage: Stage, app: App) -> None:
    said = await stage.say("ana", "/form")
    assert said["modal"]
    offered = await stage.get("/options", **{"as": "ana", "action_id": "version", "query": "v1.2"})
    assert [one["value"] for one in offered["options"]] == ["v1.2.1", "v1.2.0"]

    refused = await stage.post("/submit", **{"as": "ana", "values": WISH | {"Reason": "no"}})
    assert (refused["response_action"], refused["errors"]) == ("errors", {"reason": "Say more."})
    assert await stage.get("/modal", **{"as": "ana"})

    await stage.post("/submit", **{"as": "ana", "values": WISH})
    told = {"version": "v1.2.1", "reason": "it is time", "by": "U0ANA"}
    assert await app.tells() == {"what": "submitted"} | told
    assert await stage.get("/modal", **{"as": "ana"}) is None


async def test_an_event_is_delivered_once_and_answered_in_the_thread(
    stage: Stage, app: App
) -> None:
    said = await stage.say("cy", "@gonogo hello")
    assert await shown(stage, "@cy called", thread_ts=said["ts"]) == ["@gonogo hello", "@cy called"]
    assert [row["path"] for row in await stage.deliveries()] == ["events_api"]


async def test_told_to_come_anew_it_does_and_nothing_is_lost(stage: Stage, app: App) -> None:
    assert (await stage.post("/slack/disconnect"))["connections"] == 1
    await until(lambda: stage.world.link.connections == 1, seconds=10)
    assert (await stage.say("ana", "/card v1.2.1"))["response"]["text"] == "You typed v1.2.1"
