"""Control of the world as a whole: clock, faults, journal, bot, reset, stream of changes."""

from __future__ import annotations

import contextlib
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.clock import iso
from sandbox.faults import SYSTEMS
from sandbox.refusals import Refusal
from sandbox.seeds import SERVICES, Seed

if TYPE_CHECKING:
    from sandbox.world import Bot, World

DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
LONGEST = timedelta(days=3653)
HEARTBEAT = b": \n\n"


def routes(world: World) -> list[web.RouteDef]:
    """The calls that concern no system in particular."""
    control = _Control(world)
    return [
        web.get("/events", control.changes),
        web.get("/clock", control.read_clock),
        web.post("/clock", control.advance_clock),
        web.get("/faults", control.list_faults),
        web.post("/faults", control.add_fault),
        web.delete("/faults", control.clear_faults),
        web.get("/journal", control.read_journal),
        web.get("/env", control.env),
        web.get("/bot", control.bot_state),
        web.post("/bot/start", control.start_bot),
        web.post("/bot/kill", control.kill_bot),
        web.post("/reset", control.reset),
    ]


def duration(text: str) -> timedelta:
    """An ISO 8601 duration such as PT15M; raises Refusal for anything else."""
    match = DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        raise Refusal("bad_duration", f"{text} is no duration such as PT15M.", 400)
    try:
        found = timedelta(**{unit: int(value) for unit, value in match.groupdict("0").items()})
    except OverflowError:
        found = timedelta.max
    if found > LONGEST:
        raise Refusal("bad_duration", f"{text} is longer than ten years.", 400)
    return found


class _Control:
    def __init__(self, world: World) -> None:
        self._world = world

    def _bot(self) -> Bot:
        if self._world.bot is None:
            raise Refusal("no_bot", "This sandbox runs no bot of its own.")
        return self._world.bot

    async def changes(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await stream.prepare(request)
        closed = contextlib.suppress(ConnectionResetError)  # whoever watched has left
        with closed, self._world.events.subscribe() as changes:
            await stream.write(HEARTBEAT)
            while True:
                change = json.dumps(await changes.get())
                await stream.write(f"data: {change}\n\n".encode())
        return stream

    async def read_clock(self, request: web.Request) -> web.Response:
        return web.json_response({"now": iso(self._world.clock.now())})

    async def advance_clock(self, request: web.Request) -> web.Response:
        by = duration(str((await request.json())["advance"]))
        now, reached = await self._world.clock.advance(by)
        self._world.events.publish("clock")
        return web.json_response({"ok": True, "now": iso(now), "reached": reached})

    async def list_faults(self, request: web.Request) -> web.Response:
        return web.json_response({"faults": self._world.faults.pending()})

    async def add_fault(self, request: web.Request) -> web.Response:
        body = await request.json()
        try:
            self._world.faults.add(
                system=body["system"],
                kind=body["kind"],
                path=body.get("path") or "",
                method=body.get("method"),
                count=1 if body.get("count") is None else body["count"],
                after=body.get("after") or 0,
            )
        except ValueError as error:
            raise Refusal("bad_fault", str(error), 400) from None
        return web.json_response({"ok": True})

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._world.faults.clear()
        return web.json_response({"ok": True})

    async def read_journal(self, request: web.Request) -> web.Response:
        query = request.query
        system = query.get("system")
        if system and system not in SYSTEMS:
            raise Refusal("unknown_system", f"There is no system {system}.", 400)
        rows = self._world.journal.entries(system, query.get("method"))
        return web.json_response({"journal": rows})

    async def env(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.env())

    async def bot_state(self, request: web.Request) -> web.Response:
        return web.json_response(self._bot().state())

    async def start_bot(self, request: web.Request) -> web.Response:
        return self._started(await self._bot().start())

    async def kill_bot(self, request: web.Request) -> web.Response:
        bot = self._bot()
        await bot.kill()
        self._world.events.publish("bot")
        return web.json_response({"ok": True, **bot.state()})

    async def reset(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json() if request.body_exists else {}
        name = body.get("seed") or self._world.seed.name
        if name not in SERVICES:
            raise Refusal(
                "unknown_seed", f"There is no seed {name}; there are {', '.join(SERVICES)}."
            )
        ready = await self._world.reset(Seed.named(name))
        return self._started(ready)

    def _started(self, ready: bool) -> web.Response:
        self._world.events.publish("bot")
        state = self._world.bot.state() if self._world.bot else {}
        late = {} if ready else {"error": "not_ready", "detail": "The bot did not become ready."}
        return web.json_response({"ok": ready, **state, **late})
