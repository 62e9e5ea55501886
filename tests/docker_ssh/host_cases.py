"""Every way that a switch on a real host can go."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import asyncssh
import pytest

from bot.adapters.docker_ssh import DockerSsh
from bot.domain.errors import Declined, Fault
from bot.domain.rollbacks.targets import Artifact, Fate, Sight
from bot.ports import Receipt
from sandbox.app import HOST
from tests.docker_ssh.hostile import HOSTILE, at_every_place
from tests.docker_ssh.machine import AFAR
from tests.docker_ssh.real_stage import ABSENT, CRASHES, NEW, OLD, ONCE, Stage
from tests.docker_ssh.switching import end_of, is_good, running, step, switch

LATER = 1.5
"""Seconds in which an engine may still do what somebody asked for who is gone: the grace, and
some.
"""

SUCCEEDED, RESTORED = Fate.SUCCEEDED, Fate.FAILED_RESTORED
Case = Callable[[Stage], Awaitable[Sight]]


async def good(stage: Stage) -> Sight:
    sight = await end_of(stage.target(), await stage.start(NEW))
    is_good(sight, Fate.SUCCEEDED)
    assert await running(stage.target()) == NEW
    assert await stage.names() == [stage.name, f"{stage.name}-prev-D1"]
    return sight


async def same_again(stage: Stage) -> Sight:
    sight = await switch(stage.target(), OLD, "D1")
    assert (sight.fate, sight.text) == (Fate.SUCCEEDED, "it runs already")
    return sight


def bad_candidate(version: str, text: str) -> Case:
    async def case(stage: Stage) -> Sight:
        sight = await end_of(stage.target(), await stage.start(version))
        assert (sight.fate, sight.text) == (Fate.FAILED_RESTORED, f"the candidate failed: {text}")
        await stage.is_untouched()
        return sight

    return case


async def missing(stage: Stage) -> Sight:
    gone = Artifact(id=ABSENT, version="v7.0.0")
    assert (await stage.target().plan(gone)).obstacle.startswith("its image is gone")
    sight = await end_of(stage.target(), await stage.target().start(gone, "D1"))
    is_good(sight, Fate.FAILED_RESTORED)
    assert sight.text.startswith("the image could not be pulled")
    await stage.is_untouched()
    return sight


async def fetched(stage: Stage) -> Sight:
    """The host gets it from the registry by its digest, and its plan knows that beforehand."""
    (version, *_) = AFAR
    plan = await stage.target().plan(stage.wanted(version))
    assert (plan.obstacle, plan.facts[0]) == ("", "image present in the registry")
    sight = await end_of(stage.target(), await stage.start(version))
    is_good(sight, Fate.SUCCEEDED)
    assert "pulling " in stage.log("D1").read_text()
    assert await running(stage.target()) == version
    return sight


async def late_failure(stage: Stage) -> Sight:
    sight = await end_of(stage.target(), await stage.start(ONCE))
    is_good(sight, Fate.FAILED_RESTORED)
    assert sight.text.endswith("what ran before runs again")
    await stage.is_untouched()
    return sight


async def without_candidate(stage: Stage) -> Sight:
    sight = await end_of(stage.target(), await stage.start(CRASHES))
    is_good(sight, Fate.FAILED_RESTORED)
    assert "its container ended; what ran before runs again" in sight.text
    await stage.is_untouched()
    return sight


async def first_fails(stage: Stage) -> Sight:
    sight = await end_of(stage.target(), await stage.start(ONCE))
    is_good(sight, Fate.FAILED_BROKEN)
    assert sight.text.endswith("nothing ran before, and nothing runs now")
    assert await stage.names() == []
    return sight


async def two_at_once(stage: Stage) -> Sight:
    receipt = await stage.start(NEW)
    with pytest.raises(Declined, match="D1 is at work there"):
        await stage.start(OLD, "D2")
    sight = await end_of(stage.target(), receipt)
    is_good(sight, Fate.SUCCEEDED)
    return sight


async def taken_back(stage: Stage) -> Sight:
    receipt = await stage.start(NEW)
    is_good(await end_of(stage.target(), receipt), Fate.SUCCEEDED)
    sight = await end_of(stage.target(), await stage.target().undo(receipt, "D2"))
    is_good(sight, Fate.SUCCEEDED)
    assert await running(stage.target()) == OLD
    return sight


def interrupted(at: str, version: str = NEW) -> Case:
    async def case(stage: Stage) -> Sight:
        receipt = await stage.start(version)
        await step(stage.log("D1"), at)
        stage.signal("D1", signal.SIGTERM)
        sight = await end_of(stage.target(), receipt)
        assert sight.fate in (Fate.FAILED_RESTORED, Fate.SUCCEEDED), f"{sight.text}\n{sight.output}"
        expected = OLD if sight.fate is Fate.FAILED_RESTORED else version
        assert await running(stage.target()) == expected
        assert not [name for name in await stage.names() if "-cand-" in name]
        end = time.monotonic() + LATER
        while time.monotonic() < end:
            assert await running(stage.target()) == expected, "something went on behind its back"
        return sight

    return case


def killed(at: str, version: str = NEW) -> Case:
    """Nobody can put anything back: it is told as it is, and the next switch mends it."""

    async def case(stage: Stage) -> Sight:
        await stage.start(version)
        await step(stage.log("D1"), at)
        stage.signal("D1", signal.SIGKILL)
        while True:
            _, sight = await stage.target().resolve_unknown(stage.wanted(version), "D1")
            if sight.fate not in (None, Fate.UNKNOWN):
                break
            await asyncio.sleep(0.2)
        found = await running(stage.target())
        if sight.fate is Fate.SUCCEEDED:
            assert found == version
        elif sight.fate is Fate.FAILED_RESTORED:
            assert found == OLD or "under the name" in sight.text
        is_good(await switch(stage.target(), NEW, "D2"), Fate.SUCCEEDED)
        assert not [name for name in await stage.names() if "-cand-" in name]
        return sight

    return case


def cut(at: str, version: str, fate: Fate) -> Case:
    """The network goes while somebody watches; the switch comes to its end alone."""

    async def case(stage: Stage) -> Sight:
        receipt = await stage.start(version)
        watching = asyncio.create_task(end_of(stage.target(), receipt))
        await step(stage.log("D1"), at)
        await stage.sshd.cut()
        was_over = stage.log("D1").with_name("result").exists()  # where all stood still for seconds
        (lost,) = await asyncio.gather(watching, return_exceptions=True)
        assert isinstance(lost, Fault) or was_over
        await stage.sshd.start()
        found, _ = await stage.target().resolve_unknown(stage.wanted(version), "D1")
        assert found == receipt
        sight = await end_of(stage.target(), receipt)
        is_good(sight, fate)
        assert await running(stage.target()) == (OLD if fate is RESTORED else version)
        return sight

    return case


async def cut_in_the_start(stage: Stage) -> Sight:
    """Nobody knows whether it began: it is looked at, and it runs once."""
    starting = asyncio.create_task(stage.start(NEW))
    async with asyncio.timeout(30):
        while not stage.log("D1").parent.exists():
            await asyncio.sleep(0.01)
    await stage.sshd.cut()
    await asyncio.gather(starting, return_exceptions=True)
    await stage.sshd.start()
    receipt, sight = await stage.target().resolve_unknown(stage.wanted(NEW), "D1")
    if not receipt:
        assert sight.text == "it never began"
        receipt = await stage.start(NEW)
    sight = await end_of(stage.target(), receipt)
    is_good(sight, SUCCEEDED)
    assert await stage.names() == [stage.name, f"{stage.name}-prev-D1"]
    return sight


async def job_of(stage: Stage, *words: str, operation: str) -> Sight:
    target = stage.target()
    receipt = await target.start_job(stage.wanted(OLD), words, operation, timedelta(minutes=1))
    return await end_of_job(target, receipt)


async def end_of_job(target: DockerSsh, receipt: Receipt) -> Sight:
    async with asyncio.timeout(60):
        while (sight := await target.watch_job(receipt)).fate is None:
            pass  # the host waits with each look
    return sight


async def command_in_the_image(stage: Stage) -> Sight:
    """Run once, however often it is asked for, and told by its exit status."""
    for _ in range(2):
        sight = await job_of(stage, "sh", "-c", "echo $1 >>/data/ran", "x", "a b", operation="D5")
        is_good(sight, Fate.SUCCEEDED)
    sight = await job_of(stage, "busybox", "cat", "/data/ran", operation="D6")
    assert sight.output.splitlines().count("a b") == 1, sight.output
    sight = await job_of(stage, "sh", "-c", "echo no table; exit 3", operation="D7")
    assert (sight.fate, sight.text) == (Fate.FAILED_BROKEN, "it ended with 3: no table")
    sight = await job_of(stage, "no-such-program", operation="D8")
    assert sight.fate is Fate.FAILED_RESTORED, sight
    await stage.is_untouched()
    return sight


async def command_killed_on_the_host(stage: Stage) -> Sight:
    """The script is killed, not what it began: found by its label, and not begun again."""
    words, limit = ("sh", "-c", "echo x >>/data/ran; sleep 6; exit 4"), timedelta(minutes=1)
    target = stage.target()
    receipt = await target.start_job(stage.wanted(OLD), words, "D5", limit)
    async with asyncio.timeout(30):
        while f"{stage.name}-job-D5" not in await stage.names("--filter", "status=running"):
            await asyncio.sleep(0.01)
    stage.signal("D5", signal.SIGKILL)
    await stage.sshd.cut()
    await stage.sshd.start()
    found, _ = await target.find_job("D5")
    assert found == receipt == await target.start_job(stage.wanted(OLD), words, "D5", limit)
    sight = await end_of_job(target, receipt)
    assert (sight.fate, sight.text) == (Fate.FAILED_BROKEN, "it ended with 4")
    ran = (await job_of(stage, "busybox", "cat", "/data/ran", operation="D6")).output
    assert ran.splitlines().count("x") == 1, ran
    return sight


async def wrong_host_key(stage: Stage) -> Sight:
    """Nothing is said to a host that shows another key than known_hosts has for it."""
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    for known in (f"[{HOST}]:{stage.sshd.port} {other}", f"elsewhere.example {other}"):
        stranger = stage.target(known_hosts=known)
        with pytest.raises(Fault, match="a key that DOCKER_SSH_KNOWN_HOSTS does not hold"):
            await stranger.current()
        with pytest.raises(Declined):
            await stranger.start(stage.wanted(NEW), "D1")
    assert not stage.log("D1").parent.exists()
    return await same_again(stage)


async def hostile_words(stage: Stage) -> Sight:
    """At every place of what the host is told."""
    target, host = stage.tampered(deadline="PT1S")
    await at_every_place(target, host, stage.wanted(NEW), "".join(HOSTILE))
    assert not [*stage.machine.folder.rglob("PWNED")]
    assert not [*Path.home().glob("PWNED"), *Path().glob("PWNED")]
    return await switch(stage.target(), OLD, "D99")
