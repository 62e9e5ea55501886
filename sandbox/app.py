"""The sandbox's server: every outside system, the control API and the page on one port."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from sandbox import (
    clock_link,
    digitalocean,
    github,
    health,
    kuma,
    pagerduty,
    posthog,
    statuspage,
    trackers,
    vercel,
)
from sandbox.api import application as control
from sandbox.slack import answers, files, socket_mode, web_api
from sandbox.world import World

STATIC = Path(__file__).parent / "static"
HOST = "127.0.0.1"
PORTS = range(20_000, 30_000)


def build(world: World) -> web.Application:
    """The whole application, not yet listening."""
    app = web.Application(client_max_size=4 * 1024**2)

    async def page(request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def env(request: web.Request) -> web.Response:
        return web.json_response(world.env())

    async def close(app: web.Application) -> None:
        await world.close()

    app.add_routes(clock_link.routes(world.clock, world.webhooks.delivered))
    app.router.add_get("/slack/link", socket_mode.entrance(world))
    app.router.add_get("/", page)
    app.router.add_get("/env", env)  # the control API has it too
    app.add_subapp("/slack/hooks", answers.application(world))
    app.add_subapp("/slack/files", files.application(world))
    app.add_subapp(world.github_at, github.routes(world))
    if world.github_at == "/api/v3":  # as on an Enterprise Server
        app.add_subapp("/api/graphql", github.graphql_beside(world))
    app.add_subapp("/api", web_api.application(world))
    app.add_subapp("/health", health.routes(world))
    app.add_subapp("/vercel", vercel.routes(world))
    app.add_subapp("/digitalocean", digitalocean.routes(world))
    app.add_subapp("/pagerduty", pagerduty.routes(world))
    app.add_subapp("/statuspage", statuspage.routes(world))
    app.add_subapp("/posthog", posthog.routes(world))
    app.add_subapp("/sentry", trackers.sentry(world))
    app.add_subapp("/bugsink", trackers.bugsink(world))
    app.add_subapp("/kuma", kuma.routes(world))
    app.add_subapp("/sandbox/api", control(world))
    app.router.add_static("/", STATIC)
    app.on_shutdown.append(close)
    return app


async def start(world: World, port: int = 0) -> web.AppRunner:
    """Listen on loopback (any free port for 0), and tell the world its addresses."""
    runner = web.AppRunner(build(world), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    bound = runner.addresses[0][1]
    world.base_url = f"http://{HOST}:{bound}"
    if world.bot_url is None:
        world.bot_url = f"http://{HOST}:{free_port()}"
    return runner


def free_port() -> int:
    """A port that nobody listens on now, below those that the kernel gives to connections: one of
    those may be taken between its choice and its use.
    """
    while True:
        port = secrets.choice(PORTS)
        with suppress(OSError), socket.socket() as probe:
            probe.bind((HOST, port))
            return port
