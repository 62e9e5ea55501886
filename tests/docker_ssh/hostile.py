"""Hostile words at every place of what a host is told, past all that gonogo.yaml refuses."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

from bot.adapters.docker_ssh import DockerSsh
from bot.adapters.docker_ssh.connection import SYSTEM, Answer, Host
from bot.domain.errors import Fault
from bot.domain.rollbacks.targets import Artifact, Fate
from tests.docker_ssh.switching import end_of, is_good

HOSTILE = ("$(touch PWNED)`touch PWNED`; touch PWNED", "a[$(touch PWNED)]", "-x ../ '\"\\\n*")
TEXTS = {1: "repository", 2: "url", 6: "version", 7: "publish", 13: "candidate"}
"""What `start` gives on as it is; everything else has a form, and is refused without it."""

CANDIDATE = 13
JOB_TEXTS = {1: "repository", 10: "a word of the command"}
READS = {"look": 5, "watch": 4, "resolve": 5, "logs": 4, "watch_job": 3, "find_job": 4}


LIMIT = timedelta(minutes=1)


class Tampered(Host):
    """A host that is told a hostile word at one place behind an action; `status` is its answer, and
    `silent` who would be called silent while it is awaited.
    """

    action, place, word, status, silent = "", 0, "", -1, ""

    async def run(
        self, command: str, *, within: float, write: bool = False, silent: str = SYSTEM
    ) -> Answer:
        *shell, action, rest = _split(command)
        if action == self.action:
            rest[self.place] = self.word
            command = shlex.join((*shell, action, *rest))
        answer = await super().run(command, within=within, write=write, silent=silent)
        self.silent = silent
        self.status = answer.status
        return answer


def _split(command: str) -> tuple[str, str, str, str, str, list[str]]:
    """bash, -c, the script, its name, the action, and the words behind it."""
    bash, option, script, name, action, *words = shlex.split(command)
    return bash, option, script, name, action, words


async def at_every_place(target: DockerSsh, host: Tampered, wanted: Artifact, hostile: str) -> None:
    """Each is a word: refused, or given on as it is, and the switch then fails by itself."""

    async def status(action: str, place: int, ask: Callable[[], Awaitable[object]]) -> int:
        host.action, host.place, host.word = action, place, hostile
        with suppress(Fault):
            await ask()
        host.action = ""
        return host.status

    for place in range(18):
        operation = f"D{place}"
        ended = await status("start", place, partial(target.start, wanted, operation))
        assert (ended == 0) == (place in TEXTS), f"{place}: {ended}"
        if place in TEXTS:
            receipt = {"operation": operation, "version": wanted.version or ""}
            expected = Fate.SUCCEEDED if place == CANDIDATE else Fate.FAILED_RESTORED
            is_good(await end_of(target, receipt), expected)
    for place in range(11):
        operation = f"J{place}"
        begin = partial(target.start_job, wanted, ("true",), operation, LIMIT)
        ended = await status("start_job", place, begin)
        assert (ended == 0) == (place in JOB_TEXTS), f"{place}: {ended}"
    receipt = {"operation": "D1", "version": wanted.version or ""}
    reads: dict[str, Callable[[], Awaitable[object]]] = {
        "look": target.current,
        "watch": lambda: target.watch(receipt),
        "resolve": lambda: target.resolve_unknown(wanted, "D1"),
        "logs": target.logs,
        "watch_job": lambda: target.watch_job({"operation": "D1"}),
        "find_job": lambda: target.find_job("D1"),
    }
    for action, places in READS.items():
        for place in range(places):
            await status(action, place, reads[action])
