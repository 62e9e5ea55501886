"""The shared clock over HTTP: the long poll, the steps and the end of an advance."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web

from sandbox.clock import Clock, iso

LONGEST_WAIT = 20.0  # seconds
LOOK_EVERY = 0.05  # seconds between two looks whether the bot is still there


def routes(clock: Clock, told: Callable[[], Awaitable[None]]) -> list[web.RouteDef]:
    """`GET /clock`, `POST /clock/step` and `POST /clock/done`, for the bots; where several share
    the clock, each says who it is by `?bot=`.

    `told` waits until the bot has heard of everything that happened in a step.
    """

    def face() -> dict[str, object]:
        target = clock.target
        return {
            "now": iso(clock.now()),
            "target": iso(target) if target else None,
            "advance": clock.number,
        }

    async def read(request: web.Request) -> web.Response:
        after, wait = request.query.get("after"), float(request.query.get("wait", 0))
        if after is not None:
            who = _name(request)
            waiting = clock.wait_for_advance(int(after), min(wait, LONGEST_WAIT), who)
            if not await _while_connected(request, asyncio.ensure_future(waiting)):
                clock.left(who)
        return web.json_response(face())

    async def step(request: web.Request) -> web.Response:
        to = datetime.fromisoformat((await request.json())["to"])
        clock.step(to, _name(request))
        await told()
        return web.json_response({"now": iso(clock.now())})

    async def done(request: web.Request) -> web.Response:
        number = int((await request.json())["advance"])
        return web.json_response({"now": iso(clock.done(number, _name(request)))})

    return [
        web.get("/clock", read),
        web.post("/clock/step", step),
        web.post("/clock/done", done),
    ]


def _name(request: web.Request) -> str:
    return request.query.get("bot", "")


async def _while_connected(request: web.Request, poll: asyncio.Future[None]) -> bool:
    """Give the poll up when its bot has died: the clock must not wait for it."""
    while not poll.done():
        await asyncio.wait({poll}, timeout=LOOK_EVERY)
        if request.transport is None or request.transport.is_closing():
            poll.cancel()
            await asyncio.wait({poll})  # until then it counts as one that listens
            return False
    return True
