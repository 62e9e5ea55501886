"""Vercel's own client for JavaScript, which knows the sandbox for Vercel and trusts no answer."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Any

from tests.contracts import npm

PACKAGE = Path(__file__).parent / "vercel"


class Client:
    """The running client, asked step by step."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    async def ask(self, *words: object) -> Any:
        """What it saw; fails where Vercel's client raised anything."""
        told = await self.try_to(*words)
        assert "saw" in told, told
        return told["saw"]

    async def try_to(self, *words: object) -> dict[str, Any]:
        """What it saw, or the error that it raised."""
        told: dict[str, Any] = json.loads(await asyncio.to_thread(self._exchange, words))
        return told

    def _exchange(self, words: tuple[object, ...]) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def running() -> Iterator[Client]:
    """Start the client; skips the test without npm. It has to be told where to connect."""
    folder = npm.installed(PACKAGE)
    shutil.copy(PACKAGE / "client.mjs", folder)
    process = subprocess.Popen(
        ["node", "client.mjs"], cwd=folder, text=True, stdin=PIPE, stdout=PIPE
    )
    try:
        yield Client(process)
    finally:
        process.kill()
        process.communicate()
