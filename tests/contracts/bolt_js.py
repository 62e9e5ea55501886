"""An app on Slack's own JavaScript framework, which knows the sandbox for Slack."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contracts import npm

PACKAGE = Path(__file__).parent / "js"


@dataclass(frozen=True)
class App:
    """The running app and what it tells."""

    _output: asyncio.StreamReader

    async def tells(self) -> dict[str, Any]:
        """The next thing that it tells."""
        async with asyncio.timeout(60):
            line = await self._output.readline()
        told: dict[str, Any] = json.loads(line)
        return told


def installed() -> Path:
    """The folder of the app, with what it imports beside it; skips the test without npm."""
    folder = npm.installed(PACKAGE)
    shutil.copy(PACKAGE / "app.mjs", folder)
    return folder


@asynccontextmanager
async def running(folder: Path, env: Mapping[str, str]) -> AsyncIterator[App]:
    """Start the app of `installed` against the sandbox that `env` names."""
    process = await asyncio.create_subprocess_exec(
        *("node", "app.mjs"), cwd=folder, env=os.environ | dict(env), stdout=PIPE
    )
    assert process.stdout is not None
    try:
        yield App(process.stdout)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
