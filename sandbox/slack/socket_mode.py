"""Socket Mode: the bot's WebSocket connections, and the envelopes sent through them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import uuid
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web
from aiohttp.typedefs import Handler

from sandbox.slack.identity import APP_ID

if TYPE_CHECKING:
    from sandbox.world import World


class NoConnection(Exception):
    """No connection of the bot is open."""


def entrance(world: World) -> Handler:
    """Where connections come in: each with a ticket, which is spent where it fails, too."""

    async def enter(request: web.Request) -> web.WebSocketResponse:
        world.link.take(request.query.get("ticket", ""))
        if fault := world.faults.take("slack", "GET", "/link", kinds={"status"}):
            raise web.HTTPServiceUnavailable(text=str(fault))
        return await world.link.serve(request)

    return enter


class Link:
    """All connections of one app; an envelope goes through one of them, in turns."""

    def __init__(self) -> None:
        self._tickets: set[str] = set()
        self._connections: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Any]] = {}

    @property
    def connections(self) -> int:
        return len(self._connections)

    def ticket(self) -> str:
        """Lets one connection in, once."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return ticket

    def take(self, ticket: str) -> None:
        """Use a ticket up; raises HTTPForbidden for one that is used up or unknown."""
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="unknown ticket")
        self._tickets.remove(ticket)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from its hello to its end."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._connections.append(socket)
        try:
            await socket.send_json(self._hello())
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(json.loads(message.data))
        finally:
            self._leave(socket)
        return socket

    async def send(
        self,
        kind: str,
        payload: dict[str, Any],
        *,
        accepts_payload: bool,
        retry: tuple[int, str] | None = None,
    ) -> Any:
        """Send an envelope and wait for its ack; answers the ack's payload.

        `retry` is the number and the reason of a repeated delivery. Raises NoConnection.
        The caller sets the time limit.
        """
        envelope: dict[str, Any] = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "accepts_response_payload": accepts_payload,
            "payload": payload,
        }
        if retry:
            envelope |= {"retry_attempt": retry[0], "retry_reason": retry[1]}
        answer = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = answer
        try:
            await self._send_somewhere(envelope)
            return await answer
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def disconnect(self, reason: str) -> int:
        """Tell every connection to come anew; answers how many there were."""
        connections, self._connections = self._connections, []
        for socket in connections:
            farewell = {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
            with contextlib.suppress(ConnectionError):
                await socket.send_json(farewell)
        return len(connections)

    async def close(self) -> None:
        """The server ends: hang up."""
        for socket in [*self._connections]:
            await socket.close()

    async def _send_somewhere(self, envelope: dict[str, Any]) -> None:
        while self._connections:
            socket = self._connections.pop(0)
            with contextlib.suppress(ConnectionError):
                await socket.send_json(envelope)
                if not socket.closed:
                    self._connections.append(socket)
                return
        raise NoConnection

    def _acknowledge(self, ack: dict[str, Any]) -> None:
        answer = self._waiting.get(ack.get("envelope_id", ""))
        if answer and not answer.done():
            answer.set_result(ack.get("payload"))

    def _leave(self, socket: web.WebSocketResponse) -> None:
        if socket in self._connections:
            self._connections.remove(socket)

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": self.connections,
            "debug_info": {
                "host": "local",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": APP_ID},
        }
