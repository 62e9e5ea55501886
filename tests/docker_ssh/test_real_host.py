"""docker_ssh against a real sshd, a real Docker engine and a real registry.

One machine serves all cases, each with a container of its own, several at a time: most of what
they take is waiting."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime

import pytest

from bot.domain.errors import Fault
from tests.docker_ssh.conftest import Outage
from tests.docker_ssh.host_cases import (
    RESTORED,
    SUCCEEDED,
    Case,
    bad_candidate,
    command_in_the_image,
    command_killed_on_the_host,
    cut,
    cut_in_the_start,
    fetched,
    first_fails,
    good,
    hostile_words,
    interrupted,
    killed,
    late_failure,
    missing,
    same_again,
    taken_back,
    two_at_once,
    without_candidate,
    wrong_host_key,
)
from tests.docker_ssh.machine import AFAR, Sshd, machine
from tests.docker_ssh.real_stage import CRASHES, NEW, ONCE, SILENT, WRONG, Stage
from tests.docker_ssh.switching import Prober
from tests.image.engine import CommandFailed

pytestmark = [
    pytest.mark.needs(
        *("docker", "docker-registry", "sshd", "busybox", "ip", "curl", "flock", "setsid")
    ),
    pytest.mark.timeout(600),
]
AT_ONCE = 4
ONE_PROBE = 3.0
"""Seconds: a busy machine may leave one probe, which waits two, without its answer."""

CASES: dict[str, tuple[Case, dict[str, bool]]] = {
    "success": (good, {}),
    "the same version again": (same_again, {}),
    "candidate crashes": (bad_candidate(CRASHES, "its container ended"), {}),
    "candidate never listens": (bad_candidate(SILENT, "it did not answer within 3 s"), {}),
    "candidate is another version": (
        bad_candidate(WRONG, "it answers, but not as v1.4.0"),
        {},
    ),
    "image missing": (missing, {}),
    "image fetched": (fetched, {}),
    "late failure": (late_failure, {}),
    "crash without a candidate": (without_candidate, {"bare": True}),
    "first deployment fails": (first_fails, {"first": True}),
    "command in the image": (command_in_the_image, {}),
    "command killed on the host": (command_killed_on_the_host, {}),
    "wrong host key": (wrong_host_key, {}),
    "hostile words": (hostile_words, {}),
    "two at once": (two_at_once, {}),
    "undo": (taken_back, {}),
    "cut in the start": (cut_in_the_start, {}),
    "cut before the switch": (cut("trying it beside", NEW, SUCCEEDED), {}),
    "cut in the switch": (cut("stopping it", NEW, SUCCEEDED), {}),
    "cut before the restore": (cut("waiting until", ONCE, RESTORED), {}),
    "cut at the restore": (cut("putting the old", ONCE, RESTORED), {}),
    "interrupt: looking": (interrupted("looking"), {}),
    "interrupt: fetching": (interrupted("pulling", AFAR[1]), {}),
    "interrupt: candidate": (interrupted("trying it beside"), {}),
    "interrupt: set aside": (interrupted("setting the old container aside"), {}),
    "interrupt: stop": (interrupted("stopping it"), {}),
    "interrupt: start": (interrupted("starting the new container"), {}),
    "interrupt: waiting": (interrupted("waiting until", ONCE), {}),
    "interrupt: restore": (interrupted("putting the old container back", ONCE), {}),
    "kill: looking": (killed("looking"), {}),
    "kill: fetching": (killed("pulling", AFAR[2]), {}),
    "kill: candidate": (killed("trying it beside"), {}),
    "kill: set aside": (killed("setting the old container aside"), {}),
    "kill: stop": (killed("stopping it"), {}),
    "kill: start": (killed("starting the new container"), {}),
    "kill: waiting": (killed("waiting until", ONCE), {}),
    "kill: restore": (killed("putting the old container back", ONCE), {}),
}

WITHOUT_OUTAGE = (
    *("the same version again", "candidate crashes", "candidate never listens"),
    *("candidate is another version", "image missing", "interrupt: looking"),
    *("command in the image", "command killed on the host", "wrong host key"),
)

EVERY = int(os.environ.get("GONOGO_MOMENTS", "3"))
"""How many of the moments at which a switch is cut off, interrupted or killed lie between two that
are tried; it begins each day at another one.
"""


def tried() -> list[tuple[int, str]]:
    """The cases of today, each with its number among all."""
    moments = [title for title in CASES if title.startswith(("cut ", "interrupt: ", "kill: "))]
    today = moments[datetime.now(UTC).date().toordinal() % EVERY :: EVERY]
    return [(n, title) for n, title in enumerate(CASES) if title not in moments or title in today]


async def test_every_way_that_a_switch_can_go(outage: Outage) -> None:
    turns = asyncio.Semaphore(AT_ONCE)
    async with machine() as host:

        async def one(number: int, title: str) -> str:
            case, more = CASES[title]
            async with turns, Sshd(host.folder, next(host.ports)) as sshd:
                stage = Stage(host, sshd, f"c{number}", next(host.ports), more)
                try:
                    await stage.prepare()
                    async with Prober(stage.port) as prober:
                        sight = await case(stage)
                    outage(title, str(sight.fate), prober.outage)
                    assert title not in WITHOUT_OUTAGE or prober.outage < ONE_PROBE
                except (AssertionError, TimeoutError, Fault, CommandFailed) as error:
                    return f"{title}: {type(error).__name__} {error}"
                return ""

        found = await asyncio.gather(*(one(*each) for each in tried()))
    failures = [*filter(None, found)]
    assert not failures, "\n\n".join(failures)
