"""The edge of an outside system: the faults of the wire, and the journal of every request."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from email.utils import format_datetime
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.faults import EDGE_KINDS, Fault

if TYPE_CHECKING:
    from sandbox.world import World

LONGEST_SILENCE = 60.0  # seconds
RST_ON_CLOSE = struct.pack("ii", 1, 0)


def edge(system: str, world: World, mount: str | None = None) -> Middleware:
    """A middleware for the sub-application that plays `system`, mounted at `mount`.

    `mount` is `/system` where it is not given; paths are journaled without it.
    """
    prefix = f"/{system}" if mount is None else mount

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        path = request.path.removeprefix(prefix)
        entry = world.journal.record(
            system=system,
            direction="from_bot",
            method=request.method,
            path=path,
            body=await parsed_body(request),
        )
        fault = world.faults.take(system, request.method, path, kinds=EDGE_KINDS)
        hold = world.hold if world.hold and world.hold.takes(entry) else None
        if hold and not hold.after:
            await hold.stop(entry)
            return _cut(request)
        try:
            response = await _answer(system, world, request, handler, fault)
        except web.HTTPException as error:
            entry.status = error.status
            raise
        if hold:
            await hold.stop(entry)
            return _cut(request)
        # The transport is gone when the answer was cut off or nobody waits for it any more.
        if request.transport is not None and not request.transport.is_closing():
            entry.status = response.status
        return response

    return guard


async def parsed_body(request: web.Request) -> object:
    """JSON and forms as objects, with what the query says; other text as it is, bytes by number."""
    query = dict(request.query)
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return query | {name: str(value) for name, value in (await request.post()).items()}
    content = await request.read()
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return f"{len(content)} bytes"
    try:
        body = json.loads(text or "{}")
    except ValueError:
        return text
    return query | body if isinstance(body, dict) else body


async def _answer(
    system: str, world: World, request: web.Request, handler: Handler, fault: Fault | None
) -> web.StreamResponse:
    if fault is None:
        return await handler(request)
    match fault.kind:
        case "status":
            return _failure(fault.arg or "500")
        case "rate_limit":
            return _rate_limited(system, world)
        case "timeout":
            await _silence(request)
            return _cut(request)
        case "reset_before":
            return _cut(request)
        case "slow":
            await asyncio.sleep(float(fault.arg or 5))
            return await handler(request)
        case _:
            return await _spoilt(request, handler, fault)


async def _spoilt(request: web.Request, handler: Handler, fault: Fault) -> web.StreamResponse:
    """The request is worked off, but its answer does not arrive as it was meant."""
    await handler(request)
    match fault.kind:
        case "status_after_apply":
            return _failure(fault.arg or "502")
        case "bad_json":
            return web.Response(text='{"ok": tr', content_type="application/json")
        case _:
            return _cut(request)


def _failure(arg: str) -> web.Response:
    """`502`, or `429:retry_after=3`."""
    status, _, option = arg.partition(":")
    headers = {}
    if option.startswith("retry_after="):
        headers["Retry-After"] = option.removeprefix("retry_after=")
    word = "ratelimited" if status == "429" else "internal_error"
    body = {"ok": False, "error": word, "message": "The sandbox was asked to fail here."}
    return web.json_response(body, status=int(status), headers=headers)


def _rate_limited(system: str, world: World) -> web.Response:
    reset = int(world.clock.now().timestamp()) + 60
    if system == "vercel":
        text = "Too many requests - try again in 60 seconds"
        limit = {"remaining": 0, "reset": reset, "resetMs": reset * 1000, "total": 60}
        error = {"code": "rate_limited", "message": text, "limit": limit}
        headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
        return web.json_response({"error": error}, status=429, headers=headers)
    if system == "digitalocean":
        body = {"id": "too_many_requests", "message": "API Rate limit exceeded."}
        headers = {"ratelimit-remaining": "0", "ratelimit-reset": str(reset)}
        return web.json_response(body, status=429, headers=headers)
    if system != "github":
        return _failure("429:retry_after=60")
    return web.json_response(
        {"message": "API rate limit exceeded for user.", "documentation_url": "", "status": "403"},
        status=403,
        headers={
            "x-ratelimit-limit": "5000",
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset": str(reset),
            "Date": format_datetime(world.clock.now(), usegmt=True),
        },
    )


async def _silence(request: web.Request) -> None:
    """Until the client has gone; the server is not told, so it looks."""
    loop = asyncio.get_running_loop()
    end = loop.time() + LONGEST_SILENCE
    while request.transport and not request.transport.is_closing() and loop.time() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


def _cut(request: web.Request) -> web.Response:
    """Reset the connection; the answer returned here reaches nobody."""
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST_ON_CLOSE)
        request.transport.abort()
    return web.Response(status=500)
