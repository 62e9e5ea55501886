"""SlackSocket: the connection comes back by itself, whatever became of the one before."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.slack_socket import SlackSocket
from sandbox.world import World
from tests.sandbox.slack_stage import until


async def test_an_address_that_let_nobody_in_is_not_tried_again(world: World) -> None:
    """Slack's addresses are good for one connection, within seconds."""
    secrets = world.seed.secrets
    client = AsyncWebClient(secrets.bot_token, base_url=f"{world.base_url}/api/")
    bolt = AsyncApp(name="gonogo", client=client, signing_secret=secrets.signing_secret)
    world.faults.add(system="slack", kind="status:503", path="/link")
    socket = SlackSocket(bolt, secrets.app_token)
    socket.start()
    try:
        await until(lambda: world.link.connections == 1)
        assert await socket.is_connected()
    finally:
        await socket.stop(1.0)
    opened = [e for e in world.journal.entries("slack") if e["path"] == "/apps.connections.open"]
    assert len(opened) == 2
