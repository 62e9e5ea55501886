"""Everything that the sandbox's Slack and GitHub deliver over HTTP is taken."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.adapters.slack.slack import SlackChat
from bot.messages.blocks import Message, actions, button, section
from sandbox import app
from sandbox.seeds import Seed
from sandbox.world import World
from tests.sandbox.slack_stage import until
from tests.web.conftest import Front, opened

FORM = {
    "type": "modal",
    "callback_id": "deploy",
    "title": {"type": "plain_text", "text": "Deploy"},
    "submit": {"type": "plain_text", "text": "Deploy"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        }
    ],
}


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with opened(now=time.time) as made:
        yield made


@pytest.fixture
async def world(front: Front) -> AsyncIterator[World]:
    made = World(Seed.named("default"), slack_mode="http", bot_url=front.url)
    runner = await app.start(made)
    yield made
    await runner.cleanup()


async def act(world: World, what: str, **body: Any) -> dict[str, Any]:
    url = f"{world.base_url}/sandbox/api/{what}"
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
        said: dict[str, Any] = await answer.json()
        return said


async def test_commands_clicks_and_forms(world: World, front: Front) -> None:
    chat = SlackChat("xoxb-local-bot", api_url=f"{world.base_url}/api/")
    card = Message("card", (section("card"), actions("decide", button("Approve", "approve", "7"))))
    _, ts = await chat.post("C0DEPLOY", card, key="card:7")

    said = await act(world, "say", **{"as": "ana"}, channel="deployments", text="/deploy v1.2.1")
    assert said["ok"] and said["response"]["text"] == "v1.2.1"
    place = {"as": "bo", "channel": "deployments", "ts": ts}
    assert (await act(world, "click", **place, button="Approve"))["ok"]
    await chat.open_view(world.slack.triggers.new("U0BO"), FORM)
    assert (await act(world, "submit", **{"as": "bo"}, values={"Reason": "because"}))["ok"]
    await chat.close()

    kinds = [body.get("command") or body["type"] for body in front.handled]
    assert kinds == ["/deploy", "block_actions", "view_submission"]


async def test_webhooks(world: World, front: Front) -> None:
    started = {"workflow": "release.yml", "inputs": {"version": "v1.2.1"}, "as": "ana"}
    assert (await act(world, "github/start_run", **started)).get("error") is None
    await until(lambda: front.woken)
