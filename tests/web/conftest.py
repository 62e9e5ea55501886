"""The bot's web application on a real port, with a Bolt app that notes what reached a handler."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.adapters.slack.slack_http import SlackEvents
from bot.adapters.slack.slack_identity import Identity
from bot.web import IDLE, application, runner

SECRET = "local-signing-secret"
WEBHOOK_SECRET = "local-webhook-secret"
ME = Identity(team_id="T0LOCAL", user_id="U0GONOGO", bot_id="B0GONOGO", app_id="A0LOCAL")
NOW = 1_711_447_200.0
ANYTHING = re.compile(r"(?s).*")


@dataclass
class Front:
    """What answers, and what it did: the bodies that reached a handler, keys kept, wake-ups."""

    session: aiohttp.ClientSession
    url: str = ""
    handled: list[dict[str, Any]] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    woken: int = 0
    me: Identity | None = ME
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    reasons: list[str] = field(default_factory=list)
    broken: bool = False
    warnings: list[str] = field(default_factory=list)

    async def remember(self, key: str, event: str, repo: str, question: bytes) -> bool:
        await asyncio.sleep(0)
        if key in self.kept:
            return False
        self.kept.add(key)
        return True

    def wake(self) -> None:
        self.woken += 1

    async def why_not(self) -> list[str]:
        if self.broken:
            raise RuntimeError("nobody saw this coming")
        return self.reasons

    def identity(self) -> Identity | None:
        return self.me

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A bare connection, for bytes that no client would send."""
        host, port = self.url.removeprefix("http://").split(":")
        return await asyncio.open_connection(host, int(port))

    def answered(self, route: str, status: int) -> float:
        """How many requests got that answer."""
        labels = {"route": route, "status": str(status)}
        return self.registry.get_sample_value("gonogo_http_requests_total", labels) or 0

    async def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        async with self.session.post(path, data=body, headers=headers) as answer:
            return answer.status, await answer.text()


def bolt(front: Front) -> AsyncApp:
    """An app like ours: everything is listened to, and acked with an answer."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=ME.team_id, bot_token="xoxb-x")

    app = AsyncApp(
        authorize=authorize, request_verification_enabled=False, process_before_response=True
    )

    async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
        front.handled.append(body)
        await ack(body["text"] if "command" in body else "")

    for kind in (app.command, app.action, app.view_submission, app.view_closed, app.options):
        kind(ANYTHING)(listener)
    app.shortcut(ANYTHING)(listener)
    app.event(ANYTHING)(listener)
    return app


@asynccontextmanager
async def opened(
    *,
    http_mode: bool = True,
    webhook_secret: str | None = WEBHOOK_SECRET,
    now: Callable[[], float] = lambda: NOW,
    patience: float = 10,
    idle: float = IDLE,
) -> AsyncIterator[Front]:
    async with aiohttp.ClientSession() as nowhere:
        front = Front(nowhere)
        slack = SlackEvents(
            bolt(front), SECRET, identity=front.identity, now=now, patience=patience
        )
        app = application(
            reasons=front.why_not,
            remember=front.remember,
            wake=front.wake,
            registry=front.registry,
            webhook_secret=webhook_secret,
            slack=slack if http_mode else None,
            warnings=lambda: front.warnings,
        )
        served = runner(app, shutdown_timeout=1.0, idle=idle)
        await served.setup()
        await web.TCPSite(served, "127.0.0.1", 0).start()
        front.url = f"http://127.0.0.1:{served.addresses[0][1]}"
        async with aiohttp.ClientSession(front.url) as session:
            front.session = session
            yield front
        await served.cleanup()


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with opened() as made:
        yield made
