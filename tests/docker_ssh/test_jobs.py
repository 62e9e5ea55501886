"""A command of an image, run once beside the container: found again, told right, never twice."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta
from typing import Literal

import pytest

from bot.adapters.docker_ssh import DockerSsh
from bot.domain.errors import Declined, Unanswered
from bot.domain.rollbacks.targets import Artifact, Fate, Sight
from bot.ports import Receipt
from sandbox.host.engine import Job
from tests.docker_ssh.stage import NEW, PROGRAMS, Stage, wanted
from tests.docker_ssh.switching import ENDS_WITHIN, is_good, step, switch

pytestmark = pytest.mark.needs(*PROGRAMS)
DOWN = ("npm", "run", "migrate:down", "--", "2")
LIMIT = timedelta(minutes=5)
ONCE = [(NEW, "npm run migrate:down -- 2")]


async def begun(target: DockerSsh, operation: str = "D7-3-1") -> Receipt:
    return await target.start_job(wanted(), DOWN, operation, LIMIT)


async def end_of(target: DockerSsh, receipt: Receipt) -> Sight:
    async with asyncio.timeout(ENDS_WITHIN):
        while (sight := await target.watch_job(receipt)).fate is None:
            pass  # the host waits with each look
    return sight


@pytest.mark.parametrize(
    ("job", "fate", "text"),
    [
        (Job(says="2 down"), Fate.SUCCEEDED, "it ended well"),
        (
            Job(code=3, says="was\nno such table"),
            Fate.FAILED_BROKEN,
            "it ended with 3: no such table",
        ),
    ],
)
async def test_it_is_run_in_that_image_beside_the_container_once(
    stage: Stage, job: Job, fate: Fate, text: str
) -> None:
    engine = stage.world.host.engine
    target = stage.target(flags=["--init", "--ip=10.0.0.9"], candidate=False)
    engine.jobs["migrate:down"] = job
    receipt = await begun(target)
    sight = await end_of(target, receipt)
    assert (sight.fate, sight.text) == (fate, text)
    assert job.says.splitlines()[-1] in sight.output
    assert await begun(target) == receipt  # told again, it is not done again
    assert (engine.ran, stage.names()) == (ONCE, ["app"])


async def test_it_keeps_nobody_from_going_back(stage: Stage) -> None:
    stage.world.host.engine.jobs["migrate:down"] = Job(seconds=30)
    target = stage.target()
    receipt = await begun(target)
    is_good(await switch(target, NEW, "D8"), Fate.SUCCEEDED)
    assert (await target.watch_job(receipt)).fate is None


async def test_what_cannot_be_begun_has_changed_nothing(stage: Stage) -> None:
    stage.world.host.image(NEW).on_host = stage.world.host.image(NEW).in_registry = False
    target = stage.target()
    sight = await end_of(target, await begun(target))
    is_good(sight, Fate.FAILED_RESTORED)
    assert sight.text.startswith("the image could not be pulled: manifest unknown")
    with pytest.raises(Declined, match="digest is not known"):
        await target.start_job(Artifact(id="", version=NEW), DOWN, "D8", LIMIT)
    assert stage.world.host.engine.ran == []


async def test_a_lost_answer_is_found_by_the_operation_and_not_done_twice(stage: Stage) -> None:
    target, engine = stage.target(), stage.world.host.engine
    stage.world.faults.add(system="ssh", kind="reset_before", path="/start_job")
    with pytest.raises(Unanswered):
        await begun(target)
    receipt, sight = await target.find_job("D7-3-1")
    assert (receipt, sight.fate, engine.ran) == ({}, Fate.FAILED_RESTORED, [])
    stage.world.faults.add(system="ssh", kind="reset_after_apply", path="/start_job")
    with pytest.raises(Unanswered):
        await begun(target)
    receipt, _ = await target.find_job("D7-3-1")
    is_good(await end_of(target, receipt), Fate.SUCCEEDED)
    assert engine.ran == ONCE


@pytest.mark.parametrize(("code", "fate"), [(0, Fate.SUCCEEDED), (1, Fate.FAILED_BROKEN)])
async def test_killed_on_the_host_it_goes_on_and_is_found_by_its_label(
    stage: Stage, code: int, fate: Fate
) -> None:
    target, engine = stage.target(), stage.world.host.engine
    engine.jobs["migrate:down"] = Job(seconds=3600, code=code)
    receipt = await begun(target)
    await step(stage.log("D7-3-1"), "running npm")
    while not engine.ran:
        await asyncio.sleep(0.01)
    os.killpg(int(stage.log("D7-3-1").with_name("group").read_text()), signal.SIGKILL)
    assert (await target.watch_job(receipt)).fate is None
    (container,) = (one for one in engine.containers if "-job-" in one.name)
    container.code = code
    container.end()
    found, sight = await target.find_job("D7-3-1")
    assert (found, sight.fate) == (receipt, fate)
    assert await begun(target) == receipt
    assert engine.ran == ONCE


@pytest.mark.parametrize(
    ("when", "fate", "ran"),
    [("after", Fate.SUCCEEDED, ONCE), ("before", Fate.FAILED_RESTORED, [])],
)
async def test_an_engine_that_goes_away_does_not_say_that_nothing_was_begun(
    stage: Stage, when: Literal["before", "after"], fate: Fate, ran: list[tuple[str, str]]
) -> None:
    target, engine = stage.target(), stage.world.host.engine
    engine.goes_at = (when, "run")
    receipt = await begun(target)
    while not engine.is_away:
        await asyncio.sleep(0.01)
    assert (await target.watch_job(receipt)).fate is None
    engine.goes_at, engine.is_away = ("", ""), False
    sight = await end_of(target, receipt)
    is_good(sight, fate)
    assert engine.ran == ran


async def test_killed_before_there_was_a_container_nobody_knows(stage: Stage) -> None:
    target, engine = stage.target(), stage.world.host.engine
    stage.world.host.image(NEW).on_host = False
    engine.pull_takes = 3600
    receipt = await begun(target)
    await step(stage.log("D7-3-1"), "pulling")
    os.killpg(int(stage.log("D7-3-1").with_name("group").read_text()), signal.SIGKILL)
    sight = await target.watch_job(receipt)
    assert (sight.fate, engine.ran) == (Fate.UNKNOWN, [])
