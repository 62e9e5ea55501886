"""A nursery: a process that has imported the bot, and forks a running one in a tenth of the time.

A fork is a process of its own: it is killed, and comes back, like one that was started anew; only
the interpreter's start and the imports are not repeated. As a program it reads one line of JSON for
each fork, and tells what it forked and what has ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

import bot as package
from sandbox.supervisor import BotProcess, die_with_parent

NOT_TO_IMPORT = ("bot.__main__", "bot.migrations.")
"""A program, and what Alembic runs by itself."""


class Fork:
    """One forked bot (a `sandbox.supervisor.Child`)."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def returncode(self) -> int | None:
        """None while it lives."""
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Until it has ended."""
        return await asyncio.shield(self._ended)

    def end(self, status: int) -> None:
        """The nursery has seen it end."""
        self._ended.set_result(status)


class Nursery:
    """The nursery as its users see it; make it by `nursery()`."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._forks: dict[int, Fork] = {}
        self._born: asyncio.Queue[Fork] = asyncio.Queue()

    async def fork(self, environment: Mapping[str, str], log: Path, commits: int) -> Fork:
        """A bot with this environment alone, its output in `log`; see ForkedBot for `commits`."""
        assert self._process.stdin is not None
        order = {"environment": dict(environment), "log": str(log), "commits": commits}
        self._process.stdin.write(f"{json.dumps(order)}\n".encode())
        return await self._born.get()

    async def listen(self) -> None:
        """Hear what the process tells, until it ends."""
        assert self._process.stdout is not None
        async for told in self._process.stdout:
            word, pid, status = told.decode().split()
            if word == "born":
                fork = self._forks[int(pid)] = Fork(int(pid))
                self._born.put_nowait(fork)
            else:
                self._forks.pop(int(pid)).end(int(status))


class ForkedBot(BotProcess):
    """A bot from the nursery instead of a new interpreter.

    `commits` is how many changes of its database the next fork will live to see: it is killed when
    the last of them is on the disk and nobody has been told; 0 is for all.
    """

    def __init__(self, nursery: Nursery, env: Mapping[str, str], *, url: str, log: Path) -> None:
        super().__init__(env, url=url, log=log)
        self._nursery = nursery
        self.commits = 0

    async def spawn(self, environment: Mapping[str, str]) -> Fork:
        """A fork."""
        commits, self.commits = self.commits, 0
        return await self._nursery.fork(environment, self.log, commits)


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    """A nursery that takes orders; its bots do not outlive it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chaos.nursery", stdin=PIPE, stdout=PIPE
    )
    opened = Nursery(process)
    listening = asyncio.create_task(opened.listen())
    try:
        yield opened
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await listening


def _take_orders() -> None:
    from bot import __main__ as bot

    _import_all()
    signal.signal(signal.SIGCHLD, _tell_who_ended)
    for order in sys.stdin:
        read = json.loads(order)
        # A child that ends at once must not be told of before it was born.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        pid = os.fork()
        if pid == 0:
            _become(read["environment"], Path(read["log"]))
            _die_after(read["commits"])
            bot.main(["serve"])
        _tell(f"born {pid} 0")
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def _import_all() -> None:
    """All that a running bot imports when it needs it, or each fork would do so anew."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.startswith(NOT_TO_IMPORT):
            importlib.import_module(found.name)
    gc.freeze()  # nor is any of it garbage that a fork would look for


def _become(environment: Mapping[str, str], log: Path) -> None:
    """Make this process what a newly started bot would be."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    os.setsid()
    die_with_parent()
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as out:
        for stream in (1, 2):
            os.dup2(out.fileno(), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)


def _die_after(commits: int) -> None:
    """Die in the thread that writes, right after its last commit and before anybody hears of it."""
    if not commits:
        return
    left = commits

    class Mortal(sqlite3.Connection):
        seen = 0

        def commit(self) -> None:
            nonlocal left
            super().commit()
            left -= self.total_changes > self.seen
            self.seen = self.total_changes
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    def connect(_dialect: object, _record: object, _words: object, named: dict[str, Any]) -> None:
        named["factory"] = Mortal

    event.listen(Engine, "do_connect", connect)


def _tell_who_ended(*_: object) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            _tell(f"ended {pid} {os.waitstatus_to_exitcode(status)}")


def _tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    _take_orders()
