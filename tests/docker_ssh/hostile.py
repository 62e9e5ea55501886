"""Hostile words at every place of what a host is told, past all that gonogo.yaml refuses."""

from __future__ import annotations

from datetime import timedelta

from bot.adapters.docker_ssh import DockerSsh, jobs
from bot.domain.rollbacks.targets import Artifact, Fate
from tests.docker_ssh.switching import end_of, is_good

HOSTILE = ("$(touch PWNED)`touch PWNED`; touch PWNED", "a[$(touch PWNED)]", "-x ../ '\"\\\n*")
TEXTS = {1: "repository", 2: "url", 6: "version", 7: "publish", 13: "candidate"}
"""What `start` gives on as it is; everything else has a form, and is refused without it."""

CANDIDATE = 13
JOB_TEXTS = {1: "repository", 10: "a word of the command"}
READS = {"look": 5, "watch": 4, "resolve": 5, "logs": 4, "watch_job": 3, "find_job": 4}


async def at_every_place(target: DockerSsh, wanted: Artifact, hostile: str) -> None:
    """Each is a word: refused, or given on as it is, and the switch then fails by itself."""
    name, repository = target._target.container, target._target.image
    for place in range(18):
        operation = f"D{place}"
        words = list(target._words(wanted, operation))
        words[place] = hostile
        answer = await target._ask("start", *words)
        assert (answer.status == 0) == (place in TEXTS), f"{place}: {answer}"
        if place in TEXTS:
            receipt = {"operation": operation, "version": wanted.version or ""}
            expected = Fate.SUCCEEDED if place == CANDIDATE else Fate.FAILED_RESTORED
            is_good(await end_of(target, receipt), expected)
    for place in range(11):
        operation = f"J{place}"
        told = jobs.words(target._target, wanted.id, ("true",), timedelta(minutes=1))
        words = [name, repository, operation, "1", *told]
        words[place] = hostile
        answer = await target._ask("start_job", *words)
        assert (answer.status == 0) == (place in JOB_TEXTS), f"{place}: {answer}"
    for action, places in READS.items():
        words = [name, repository, "http://127.0.0.1:1/", "D1", "1"][:places]
        for place in range(places):
            await target._ask(action, *words[:place], hostile, *words[place + 1 :])
