"""A typed command reaches the app, and its ack is what the person reads."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.seeds import Secrets
from sandbox.slack.manifest import Manifest
from tests.sandbox.slack_stage import EVERY_SCOPE, Stage, modal, section

HELLO = modal(section("hello"))


async def greet(ack: Any, command: Any) -> None:
    await ack(f"*{command['text']}* for <@{command['user_id']}>")


async def test_the_ack_is_an_ephemeral_answer(stage: Stage) -> None:
    stage.bolt.command("/deploy")(greet)
    await stage.connect()
    answer = await stage.say("ana", "/deploy v1.2.1")
    assert answer["ok"] and answer["ack_ms"] < 3000
    assert answer["response"]["rendered"] == "v1.2.1 for @ana"
    assert await stage.texts() == []
    assert await stage.texts(**{"as": "bo"}) == []
    [mine] = await stage.messages(**{"as": "ana"})
    assert (mine["rendered"], mine["ephemeral_for"]) == ("v1.2.1 for @ana", "ana")


async def test_in_channel_answers_are_for_everybody(stage: Stage) -> None:
    @stage.bolt.command("/deploy")
    async def deploy(ack: Any) -> None:
        await ack("for all", response_type="in_channel")

    await stage.connect()
    await stage.say("ana", "/deploy")
    assert await stage.texts() == ["for all"]


async def test_over_signed_http_it_is_the_same(stage: Stage) -> None:
    stage.bolt.command("/deploy")(greet)
    await stage.listen()
    answer = await stage.say("ana", "/deploy v1.2.1 because a & b = c")
    assert answer["response"]["rendered"] == "v1.2.1 because a & b = c for @ana"
    [delivery] = await stage.deliveries()
    assert (delivery["path"], delivery["status"]) == ("/slack/events", 200)
    assert delivery["body"]["text"] == "v1.2.1 because a & b = c"


async def test_a_wrong_signature_is_refused_by_the_app(stage: Stage) -> None:
    forger = Secrets(signing_secret="another")
    stage.world.seed = replace(stage.world.seed, secrets=forger)
    stage.bolt.command("/deploy")(greet)
    await stage.listen()
    assert (await stage.say("ana", "/deploy"))["error"] == "dispatch_failed"


async def test_nobody_there_is_dispatch_failed(stage: Stage) -> None:
    answer = await stage.say("ana", "/deploy v1.2.1")
    assert (answer["ok"], answer["error"], answer["response"]) == (False, "dispatch_failed", None)
    stage.world.slack_mode = "http"
    assert (await stage.say("ana", "/deploy v1.2.1"))["error"] == "dispatch_failed"


async def test_a_late_ack_is_a_timeout_and_its_trigger_is_dead(stage: Stage) -> None:
    release = asyncio.Event()

    @stage.bolt.command("/deploy")
    async def deploy(ack: Any) -> None:
        await release.wait()
        await ack("too late")

    await stage.connect()
    answer = await stage.say("ana", "/deploy")
    release.set()
    assert (answer["ok"], answer["error"]) == (False, "operation_timeout")
    assert await stage.texts(**{"as": "ana"}) == []
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await stage.client.views_open(trigger_id=answer["trigger_id"], view=HELLO)


async def test_a_trigger_opens_one_modal(stage: Stage) -> None:
    @stage.bolt.command("/deploy")
    async def deploy(ack: Any, client: Any, command: Any) -> None:
        await client.views_open(trigger_id=command["trigger_id"], view=HELLO)
        await ack()

    await stage.connect()
    answer = await stage.say("ana", "/deploy")
    assert (await stage.get("/modal", **{"as": "ana"}))["id"] == answer["modal"]
    assert await stage.get("/modal", **{"as": "bo"}) is None
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await stage.client.views_open(trigger_id=answer["trigger_id"], view=HELLO)


async def test_commands_do_not_work_in_threads(stage: Stage) -> None:
    root = (await stage.say("ana", "hello"))["ts"]
    answer = await stage.say("ana", "/deploy", thread_ts=root)
    assert (answer["ok"], answer["error"]) == (False, "not_in_threads")
    assert await stage.deliveries() == []


async def test_a_foreign_workspace_can_be_claimed(stage: Stage) -> None:
    stage.bolt.command("/deploy")(greet)
    await stage.connect()
    await stage.say("eve", "/deploy", team="T0OTHER")
    [delivery] = await stage.deliveries()
    assert (delivery["body"]["team_id"], delivery["body"]["user_id"]) == ("T0OTHER", "U0EVE")


class TestWithAManifest:
    @pytest.fixture
    def manifest(self) -> Manifest:
        return Manifest(EVERY_SCOPE, ({"command": "/deploy", "should_escape": True},))

    async def test_unknown_commands_stay_in_the_client(self, stage: Stage) -> None:
        place = {"as": "ana", "channel": "deployments"}
        assert await stage.refused("/say", **place, text="/depoly v1") == "unknown_command"

    async def test_names_are_escaped_where_the_command_wants_it(self, stage: Stage) -> None:
        stage.bolt.command("/deploy")(greet)
        await stage.connect()
        await stage.say("ana", "/deploy for @bo in #general")
        [delivery] = await stage.deliveries()
        assert delivery["body"]["text"] == "for <@U0BO> in <#C0GENERAL|general>"
