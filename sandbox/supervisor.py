"""The demo's bot as a child process: started, killed and watched from outside."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import aiohttp

READY_WITHIN = 10.0  # seconds from the start to /readyz 200
STOPS_WITHIN = 8.0  # seconds from SIGTERM to the end; the bot promises 5
LOOK_EVERY = 0.05  # seconds between two looks at /readyz
PR_SET_PDEATHSIG = 1

# Of our own environment the bot gets these alone: real tokens have no place in a sandbox.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
INHERITED_PREFIXES = ("GONOGO_", "PYTHON", "COVERAGE_")

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child(Protocol):
    """A process in a group of its own; `returncode` is None while it lives."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    async def wait(self) -> int: ...


class BotProcess:
    """One bot against one sandbox. It runs in a process group of its own, its output in `log`.

    `env` is what it gets besides INHERITED; `url` is where it answers (`http://127.0.0.1:PORT`,
    with the PORT of `env`). It brings its database to the present form by itself.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        *,
        url: str,
        log: Path,
        program: Sequence[str] = (sys.executable, "-P", "-m", "bot", "serve"),
        stops_within: float = STOPS_WITHIN,
    ) -> None:
        self.env = dict(env)
        self.url = url
        self.log = log
        self.program = tuple(program)
        self._stops_within = stops_within
        self._process: Child | None = None
        self._ready = False
        self._becoming: asyncio.Task[bool] | None = None
        self._starting = asyncio.Lock()

    def state(self) -> dict[str, object]:
        """`{pid, state: running | starting | stopped, url}`; pid is None when stopped."""
        process = self._alive()
        word = "stopped" if process is None else "running" if self._ready else "starting"
        return {"pid": process and process.pid, "state": word, "url": self.url}

    async def start(self, within: float = READY_WITHIN) -> bool:
        """Start it unless it runs; True once it would answer a command.

        False after `within` seconds, while it goes on starting, or when it ends before.
        """
        async with self._starting:
            if self._alive() is None or self._becoming is None:
                self._ready = False
                self._process = process = await self.spawn(self._environment())
                self._becoming = asyncio.create_task(self._becomes_ready(process))
        try:
            async with asyncio.timeout(within):
                return await asyncio.shield(self._becoming)
        except TimeoutError:
            return False

    async def kill(self) -> None:
        """kill -9, whatever it is doing; returns when it is gone."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM, and kill -9 if it is still there after `stops_within` seconds."""
        try:
            async with asyncio.timeout(self._stops_within):
                await self._end(signal.SIGTERM)
        except TimeoutError:
            await self.kill()

    def last_words(self, lines: int = 20) -> str:
        """The end of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    async def spawn(self, environment: Mapping[str, str]) -> Child:
        """A new process with this environment alone, which does not outlive us."""
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *self.program,
                env=environment,
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def _alive(self) -> Child | None:
        if self._process is not None and self._process.returncode is None:
            return self._process
        return None

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name in INHERITED or name.startswith(INHERITED_PREFIXES)
        }
        return inherited | self.env

    async def _becomes_ready(self, process: Child) -> bool:
        async with aiohttp.ClientSession() as session:
            while process.returncode is None:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            self._ready = True
                            return True
                await asyncio.sleep(LOOK_EVERY)
        return False

    async def _end(self, by: signal.Signals) -> None:
        self._ready = False
        async with self._starting:
            process = self._alive()
            if process is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, by)
                await process.wait()


def die_with_parent() -> None:
    """Runs in the child: on Linux not even a kill -9 of the sandbox leaves a bot behind."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
