"""Events reach the app that subscribed to them, and come again where it did not take note."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.slack.manifest import Manifest
from tests.sandbox.slack_stage import EVERY_SCOPE, Stage, plain, section, until

EVENTS = frozenset({"app_home_opened", "message.channels", "app_mention", "pin_added"})


@pytest.fixture
def manifest() -> Manifest:
    return Manifest(EVERY_SCOPE, events=EVENTS)


async def test_a_home_is_opened_filled_and_shown(stage: Stage) -> None:
    @stage.bolt.event("app_home_opened")
    async def fill(event: Any, client: Any) -> None:
        home = {"type": "home", "blocks": [section(f"Hello <@{event['user']}>")]}
        await client.views_publish(user_id=event["user"], view=home)

    await stage.connect()
    assert await stage.get("/home", **{"as": "ana"}, open="false") is None
    await stage.get("/home", **{"as": "ana"})
    await until(lambda: stage.world.slack.views.home("U0ANA"))
    shown = await stage.get("/home", **{"as": "ana"}, open="false")
    assert shown["blocks"][0]["text"]["text"] == "Hello <@U0ANA>"
    assert len(await stage.deliveries()) == 1


async def test_messages_and_their_changes_are_told(stage: Stage) -> None:
    heard: list[tuple[str | None, str]] = []

    @stage.bolt.event("message")
    async def listen(event: Any) -> None:
        text = event.get("text") or event.get("message", {}).get("text", "")
        heard.append((event.get("subtype"), text))

    await stage.connect()
    ts = (await stage.say("ana", "hello @bo & co"))["ts"]
    place = {"as": "ana", "channel": "deployments", "ts": ts}
    await until(lambda: len(heard) == 1)
    await stage.post("/edit", **place, text="hi")
    await until(lambda: len(heard) == 2)
    await stage.post("/delete", **place)
    await until(lambda: len(heard) == 3)
    assert heard == [
        (None, "hello <@U0BO> &amp; co"),
        ("message_changed", "hi"),
        ("message_deleted", ""),
    ]
    assert await stage.refused("/edit", **place, text="x") == "no_such_message"


async def test_an_unacked_event_comes_again_at_once_and_after_a_minute(stage: Stage) -> None:
    seen: list[str | None] = []

    @stage.bolt.middleware
    async def refuse(req: Any, resp: Any, next: Any) -> Any:
        seen.append((req.headers.get("x-slack-retry-num") or [None])[0])
        if len(seen) == 3:
            await next()

    @stage.bolt.event("message")
    async def listen() -> None:
        pass

    await stage.listen()
    await stage.say("ana", "hello")
    await until(lambda: len(seen) == 2)
    await stage.post("/clock", advance="PT1M")
    await until(lambda: len(seen) == 3)
    await stage.post("/clock", advance="PT10M")
    deliveries = await stage.deliveries()
    assert seen == [None, "1", "2"]
    assert [row["status"] for row in deliveries] == [404, 404, 200]
    assert len({row["body"]["event_id"] for row in deliveries}) == 1


async def test_a_message_shortcut_opens_a_form(stage: Stage) -> None:
    @stage.bolt.shortcut("note")
    async def note(ack: Any, client: Any, shortcut: Any) -> None:
        text = shortcut["message"]["text"]
        view = {"type": "modal", "title": plain("Note"), "blocks": [section(text)]}
        await client.views_open(trigger_id=shortcut["trigger_id"], view=view)
        await ack()

    await stage.connect()
    ts = (await stage.say("ana", "remember this"))["ts"]
    place = {"as": "bo", "channel": "deployments", "ts": ts}
    assert (await stage.post("/shortcut", **place, name="note"))["modal"]
    shown = await stage.get("/modal", **{"as": "bo"})
    assert shown["blocks"][0]["text"]["text"] == "remember this"


async def test_a_shortcut_from_anywhere_tells_of_no_channel(stage: Stage) -> None:
    used: list[dict[str, Any]] = []

    @stage.bolt.global_shortcut("open")
    async def open_it(ack: Any, shortcut: Any) -> None:
        used.append(shortcut)
        await ack()

    await stage.connect()
    await stage.post("/shortcut", **{"as": "bo", "name": "open"})
    assert used[0]["type"] == "shortcut" and used[0]["user"]["id"] == "U0BO"
    assert not used[0].keys() & {"channel", "message", "response_url"}


async def test_a_told_connection_comes_anew_and_goes_on(stage: Stage) -> None:
    @stage.bolt.command("/deploy")
    async def deploy(ack: Any) -> None:
        await ack("still here")

    await stage.connect()
    assert (await stage.post("/slack/disconnect"))["connections"] == 1
    await until(lambda: stage.world.link.connections == 1)
    assert (await stage.say("ana", "/deploy"))["response"]["text"] == "still here"
