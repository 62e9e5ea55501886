"""A bare aiohttp server in a process of its own: what this machine can do at best, right now."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web

from sandbox.app import HOST, free_port
from sandbox.supervisor import BotProcess


@asynccontextmanager
async def bare() -> AsyncIterator[BotProcess]:
    """It answers every request with an empty 200, and has not been started yet."""
    with TemporaryDirectory(prefix="gonogo-bench-") as folder:
        port = free_port()
        server = BotProcess(
            {"PORT": str(port)},
            url=f"http://{HOST}:{port}",
            log=Path(folder) / "bare.log",
            program=(sys.executable, "-m", "bench.bare", str(port)),
        )
        try:
            yield server
        finally:
            await server.kill()


def _serve(port: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    web.run_app(app, host=HOST, port=port, print=None)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
