"""A response_url answers what a person did: five times, for half an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.sandbox.slack_stage import Stage, actions, button, section


async def response_url(stage: Stage) -> str:
    """Of a command that ana typed."""

    @stage.bolt.command("/deploy")
    async def deploy(ack: Any) -> None:
        await ack()

    await stage.connect()
    await stage.say("ana", "/deploy")
    [delivery] = await stage.deliveries()
    return str(delivery["body"]["response_url"])


async def test_five_answers_and_no_more(stage: Stage) -> None:
    hook = AsyncWebhookClient(await response_url(stage))
    for number in range(5):
        assert (await hook.send(text=str(number))).body == "ok"
    sixth = await hook.send(text="one too many")
    assert (sixth.status_code, sixth.body) == (404, "used_url")
    assert await stage.texts(**{"as": "ana"}) == ["0", "1", "2", "3", "4"]
    assert await stage.texts() == []


async def test_after_half_an_hour_it_is_over(stage: Stage) -> None:
    hook = AsyncWebhookClient(await response_url(stage))
    await stage.post("/clock", advance="PT29M")
    assert (await hook.send(text="just in time", response_type="in_channel")).status_code == 200
    await stage.world.clock.advance(timedelta(minutes=2))
    late = await hook.send(text="too late")
    assert (late.status_code, late.body) == (404, "expired_url")
    assert await stage.texts() == ["just in time"]


async def test_bad_blocks_cost_no_use(stage: Stage) -> None:
    hook = AsyncWebhookClient(await response_url(stage))
    refused = await hook.send(text="x", blocks=[section("x" * 3001)])
    assert (refused.status_code, refused.body) == (400, "invalid_blocks")
    for _ in range(5):
        assert (await hook.send(text="fine")).status_code == 200


async def test_the_original_can_be_replaced_and_deleted(stage: Stage) -> None:
    @stage.bolt.action("go")
    async def go(ack: Any, respond: Any) -> None:
        await respond("went", replace_original=True)
        await ack()

    @stage.bolt.action("away")
    async def away(ack: Any, respond: Any) -> None:
        await respond(delete_original=True)
        await ack()

    await stage.connect()
    stays, goes = [
        (await stage.client.chat_postMessage(channel="C0DEPLOY", text="x", blocks=[actions(*one)]))[
            "ts"
        ]
        for one in ([button("Go", "go")], [button("Away", "away")])
    ]
    await stage.click("ana", stays, "Go")
    await stage.click("ana", goes, "Away")
    assert await stage.texts() == ["went"]
