"""SlackSocket: Socket Mode, with a drain at the end that the library does not have."""

import asyncio
import contextlib
from types import SimpleNamespace
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

PING_INTERVAL = 5.0
"""Seconds; a connection that does not answer for half of that is given up, and a slow line must
not be taken for a dead one: each new connection counts at Slack.
"""

HANDSHAKE = 15.0
"""Seconds that one try to connect may take."""


class SlackSocket:
    """The connection that Slack sends its requests over; reconnects by itself."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._handler = AsyncSocketModeHandler(app, app_token, ping_interval=PING_INTERVAL)
        listeners = self._handler.client.socket_mode_request_listeners
        listeners[:] = [self._counted]
        self._connecting: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect; goes on trying for as long as Slack is away."""
        self._connecting = asyncio.create_task(self._connect(), name="slack-socket")

    async def is_connected(self) -> bool:
        """Whether a request sent now would arrive."""
        return bool(await self._handler.client.is_connected())

    async def stop(self, grace: float) -> None:
        """Take nothing new, answer what has arrived, for so many seconds, then hang up."""
        self._handler.client.socket_mode_request_listeners.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), grace)
        if self._connecting is not None:
            self._connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._connecting
        await self._handler.close_async()  # type: ignore[no-untyped-call] # untyped library

    async def _connect(self) -> None:
        client = self._handler.client
        await client.aiohttp_client_session.close()
        client.aiohttp_client_session = self._session()
        await self._handler.connect_async()  # type: ignore[no-untyped-call] # untyped library

    def _session(self) -> aiohttp.ClientSession:
        """What connects. An address that Slack gave lets one connection in, within seconds; the
        client would try one that did not work for ever (slack_sdk #1379), so it forgets each as
        soon as it tries it.
        """
        tracing = aiohttp.TraceConfig()
        tracing.on_request_start.append(self._forget_address)
        timeout = aiohttp.ClientTimeout(total=HANDSHAKE)
        return aiohttp.ClientSession(timeout=timeout, trace_configs=[tracing])

    async def _forget_address(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, tried: object
    ) -> None:
        self._handler.client.wss_uri = None

    async def _counted(self, client: Any, request: Any) -> None:
        self._under_way += 1
        self._idle.clear()
        try:
            await self._handler.handle(client, request)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()
