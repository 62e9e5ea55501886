"""A stage for the local Slack: a world that listens, a real Bolt app in it, and the control API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import app
from sandbox.seeds import Seed
from sandbox.slack.manifest import Manifest
from sandbox.world import World

Json = dict[str, Any]
EVERY_SCOPE = Manifest().scopes - {"chat:write.public"}


@dataclass
class Stage:
    """Bolt is not connected until the test says so."""

    world: World
    bolt: AsyncApp
    client: AsyncWebClient
    control: aiohttp.ClientSession
    _closing: list[Callable[[], Any]] = field(default_factory=list)

    async def post(self, call: str, /, **body: Any) -> Json:
        """A call of the control API that must be accepted."""
        async with self.control.post(f"/sandbox/api{call}", json=body) as answer:
            data: Json = await answer.json()
            assert answer.status == 200, data
            return data

    async def refused(self, call: str, /, **body: Any) -> str:
        """A call of the control API that must be refused: the word of the error."""
        async with self.control.post(f"/sandbox/api{call}", json=body) as answer:
            data: Json = await answer.json()
            assert 400 <= answer.status < 500, data
            assert data["ok"] is False and data["detail"]
            return str(data["error"])

    async def get(self, call: str, /, **query: str) -> Any:
        async with self.control.get(f"/sandbox/api{call}", params=query) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def say(self, name: str, text: str, channel: str = "deployments", **more: Any) -> Json:
        return await self.post("/say", **{"as": name, "channel": channel, "text": text, **more})

    async def click(self, name: str, ts: str, button: str, **more: Any) -> Json:
        place = {"channel": "deployments", "ts": ts, "button": button}
        return await self.post("/click", **{"as": name, **place, **more})

    async def messages(self, channel: str = "deployments", **query: str) -> list[Json]:
        rows: list[Json] = (await self.get("/messages", channel=channel, **query))["messages"]
        return rows

    async def texts(self, channel: str = "deployments", **query: str) -> list[str]:
        return [row["rendered"] for row in await self.messages(channel, **query)]

    async def deliveries(self) -> list[Json]:
        """What was sent to the bot, from the journal."""
        rows = (await self.get("/journal", system="slack"))["journal"]
        return [row for row in rows if row["direction"] == "to_bot"]

    async def connect(self) -> None:
        """Bring Bolt up in Socket Mode."""
        handler = AsyncSocketModeHandler(self.bolt, self.world.seed.secrets.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        self._closing.append(handler.close_async)
        await until(lambda: self.world.link.connections == 1)

    async def listen(self) -> None:
        """Bring Bolt up in HTTP mode."""
        self.world.slack_mode = "http"
        runner = web.AppRunner(self.bolt.web_app("/slack/events"))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.world.bot_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._closing.append(runner.cleanup)

    async def close(self) -> None:
        for close in self._closing:
            await close()


@asynccontextmanager
async def raised(manifest: Manifest, seed: str = "default") -> AsyncIterator[Stage]:
    """A stage for one test."""
    world = World(Seed.named(seed), manifest=manifest)
    runner = await app.start(world)
    secrets = world.seed.secrets
    client = AsyncWebClient(secrets.bot_token, base_url=f"{world.base_url}/api/")
    bolt = AsyncApp(client=client, signing_secret=secrets.signing_secret)
    async with aiohttp.ClientSession(world.base_url) as control:
        stage = Stage(world, bolt, client, control)
        try:
            yield stage
        finally:
            await stage.close()
            await runner.cleanup()


async def until(holds: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for something that other tasks bring about; fails when it does not come."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(text: str, action: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action, "text": plain(text), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def modal(*blocks: Json, **more: Any) -> Json:
    frame = {"type": "modal", "callback_id": "form", "title": plain("Form")}
    return frame | {"submit": plain("Send"), "blocks": list(blocks)} | more


def asked(label: str, action: str, kind: str = "plain_text_input", **more: Any) -> Json:
    element = {"type": kind, "action_id": action, **more}
    return {"type": "input", "block_id": action, "label": plain(label), "element": element}
