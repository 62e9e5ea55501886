"""A local GitHub on a free port, and people who use it through PyGithub."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import aiohttp
from aiohttp import web
from github import Auth, Github
from github.Repository import Repository

from sandbox import app
from sandbox.clock import Clock
from sandbox.seeds import Seed
from sandbox.world import World

T = TypeVar("T")
TUESDAY = datetime(2024, 3, 26, 10, tzinfo=UTC)
TOKEN = "ghp_local_token"
PATIENCE = 10  # seconds


@dataclass
class Host:
    """The running host with what tests ask of it."""

    world: World
    session: aiohttp.ClientSession
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.world.base_url}/github"

    def client(self, token: str = TOKEN) -> Github:
        """PyGithub as the bot has it: one request a call, no throttle."""
        return Github(
            auth=Auth.Token(token),
            base_url=self.url,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            api_version="2022-11-28",
        )

    async def ask(self, question: Callable[[Repository], T], token: str = TOKEN) -> T:
        """Run `question` on acme/app in a thread."""
        client = self.client(token)
        try:
            return await asyncio.to_thread(lambda: question(client.get_repo("acme/app")))
        finally:
            client.close()

    async def call(self, method: str, path: str, body: object = None, token: str = TOKEN) -> Any:
        """(status, JSON body or None) of one raw request."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.request(
            method, self.url + path, json=body, headers=headers
        ) as answer:
            raw = await answer.read()
            return answer.status, await answer.json(content_type=None) if raw else None

    async def control(self, method: str, path: str, body: object = None) -> Any:
        url = f"{self.world.base_url}/sandbox/api{path}"
        async with self.session.request(method, url, json=body) as answer:
            return await answer.json()

    async def passes(self, seconds: float) -> None:
        await self.world.clock.advance(timedelta(seconds=seconds))

    async def until_received(self, count: int) -> None:
        """Until the bot was sent so many webhooks."""
        async with asyncio.timeout(PATIENCE):
            while len(self.received) < count:
                await asyncio.sleep(0.01)

    async def dispatch(self, **inputs: str) -> int:
        """A release by the bot; the id of its run."""
        path = "/repos/acme/app/actions/workflows/release.yml/dispatches"
        body = {"ref": "main", "inputs": inputs, "return_run_details": True}
        status, answer = await self.call("POST", path, body)
        assert status == 200, answer
        return int(answer["workflow_run_id"])


@asynccontextmanager
async def running(seed: str = "default", start: datetime = TUESDAY) -> AsyncIterator[Host]:
    """A world with a bot that only listens to webhooks."""
    received: list[tuple[dict[str, str], bytes]] = []

    async def listen(request: web.Request) -> web.Response:
        received.append((dict(request.headers), await request.read()))
        return web.Response(status=202)

    bot = web.Application()
    bot.router.add_post("/github/webhooks", listen)
    bot.router.add_post("/webhooks/uptime-kuma", listen)
    bot_runner = web.AppRunner(bot)
    await bot_runner.setup()
    await web.TCPSite(bot_runner, "127.0.0.1", 0).start()
    world = World(Seed.named(seed), clock=Clock(start))
    world.bot_url = f"http://127.0.0.1:{bot_runner.addresses[0][1]}"
    runner = await app.start(world)
    try:
        async with aiohttp.ClientSession() as session:
            yield Host(world, session, received)
    finally:
        await runner.cleanup()
        await bot_runner.cleanup()
