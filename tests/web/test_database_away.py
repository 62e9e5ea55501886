"""The database does not answer at all: a person reads that, and what to do meanwhile."""

from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from slack_bolt.async_app import AsyncAck

from bot import config
from bot.adapters.slack.slack import SlackChat
from bot.adapters.store import open_store
from bot.messages import apologies
from handlers.listening import Listener
from tests.services.team import CONFIG, HandClock

COMMAND = {"command": "/deploy", "text": "v1.2.1", "user_id": "U0ANA", "trigger_id": "1.2"}
FORM = {
    "user": {"id": "U0BO"},
    "view": {
        "id": "V1",
        "callback_id": "reject",
        "private_metadata": '{"deployment": 1, "channel": "C0DEPLOY"}',
        "state": {"values": {"reason": {"text": {"type": "plain_text_input", "value": "no"}}}},
    },
}


@pytest.mark.parametrize("what", ["command", "form"])
async def test_it_says_so_and_what_to_do(what: str) -> None:
    store = open_store("postgresql://nobody@127.0.0.1:1/nothing", HandClock())
    chat = SlackChat("xoxb-1", api_url="http://127.0.0.1:1/api/")
    listener = Listener(
        store=store,
        config=config.parse(CONFIG),
        chat=chat,
        wake=lambda: None,
        is_foreign=lambda _: False,
        registry=CollectorRegistry(),
    )
    ack: AsyncAck = AsyncAck()  # type: ignore[no-untyped-call]
    if what == "command":
        await listener.command(ack, COMMAND)
    else:
        await listener.submission(ack, FORM)
    said: Any = ack.response and ack.response.body
    assert apologies.AWAY.text in said
    assert "by hand" in apologies.AWAY.text
    await chat.close()
    await store.close()
