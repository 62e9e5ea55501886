"""Lost connections, lost answers, interrupts and kills: what became of a switch is found out."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta

import pytest

from bot.domain.errors import Declined, Fault, Unanswered
from bot.domain.rollbacks.targets import Fate
from bot.ports.fences import fenced
from sandbox.host.containers import Behaviour
from tests.docker_ssh.stage import NEW, OLD, PROGRAMS, Stage, wanted
from tests.docker_ssh.switching import end_of, is_good, running, step, switch

pytestmark = pytest.mark.needs(*PROGRAMS)


async def test_a_connection_cut_before_the_start_leaves_it_never_to_begin(stage: Stage) -> None:
    target = stage.target()
    stage.world.faults.add(system="ssh", kind="reset_before", path="/start")
    with pytest.raises(Unanswered):
        await target.start(wanted(), "D1")
    receipt, sight = await target.resolve_unknown(wanted(), "D1")
    assert (receipt, sight.fate, sight.text) == ({}, Fate.FAILED_RESTORED, "it never began")


async def test_what_is_not_ours_any_more_is_not_sent(stage: Stage) -> None:
    target = stage.target()
    with fenced(lambda: False), pytest.raises(Fault, match="another bot may do it") as raised:
        await target.start(wanted(), "D1")
    assert type(raised.value) is Fault
    assert await running(target) == OLD
    _, sight = await target.resolve_unknown(wanted(), "D1")
    assert sight.text == "it never began"


async def test_a_start_whose_answer_was_lost_is_found_and_followed(stage: Stage) -> None:
    target = stage.target()
    stage.world.faults.add(system="ssh", kind="reset_after_apply", path="/start")
    with pytest.raises(Unanswered):
        await target.start(wanted(), "D1")
    receipt, _ = await target.resolve_unknown(wanted(), "D1")
    assert (receipt["from_version"], receipt["version"]) == (OLD, NEW)
    is_good(await end_of(target, receipt), Fate.SUCCEEDED)
    assert await target.start(wanted(), "D1") == receipt


async def test_what_was_given_up_does_not_begin_late_but_may_be_tried_again(stage: Stage) -> None:
    target = stage.target()
    # The connection is lost at once, the command reaches the shell only afterwards.
    stage.world.faults.add(system="ssh", kind="slow:1.5", path="/start")
    late = asyncio.create_task(target.start(wanted(), "D1"))
    while "/start" not in stage.commands():
        await asyncio.sleep(0.01)
    stage.clock.time += timedelta(seconds=1)
    _, sight = await target.resolve_unknown(wanted(), "D1")
    assert sight.text == "it never began"
    with pytest.raises(Declined, match="given up before it began"):
        await late
    assert stage.names() == ["app"]
    is_good(await switch(target, NEW, "D1"), Fate.SUCCEEDED)


@pytest.mark.parametrize(
    ("at", "behaviour", "fate", "version"),
    [
        ("looking", "good", Fate.SUCCEEDED, NEW),
        ("trying it beside", "good", Fate.SUCCEEDED, NEW),
        ("stopping it", "good", Fate.SUCCEEDED, NEW),
        ("stopping it", "once", Fate.FAILED_RESTORED, OLD),
        ("putting the old container back", "once", Fate.FAILED_RESTORED, OLD),
    ],
)
async def test_a_switch_outlives_its_connection(
    stage: Stage, at: str, behaviour: str, fate: Fate, version: str
) -> None:
    stage.world.host.image(NEW).behaviour = behaviour  # type: ignore[assignment]
    target = stage.target()
    receipt = await target.start(wanted(), "D1")
    watching = asyncio.create_task(end_of(target, receipt))
    await step(stage.log("D1"), at)
    stage.world.host.cut()
    await asyncio.gather(watching, return_exceptions=True)
    is_good(await end_of(stage.target(), receipt), fate)
    assert await running(target) == version


POINTS = (
    "looking",
    "the image is on the host",
    "trying it beside the old one",
    "setting the old container aside",
    "stopping it",
    "starting the new container",
    "waiting until it is healthy",
)


@pytest.mark.parametrize("at", POINTS)
async def test_an_interrupt_at_any_step_ends_with_something_good(stage: Stage, at: str) -> None:
    target = stage.target()
    receipt = await target.start(wanted(), "D1")
    await step(stage.log("D1"), at)
    _signal(stage, "D1", signal.SIGTERM)
    sight = await end_of(target, receipt)
    # The last step may be over before the signal arrives.
    assert sight.fate in (Fate.FAILED_RESTORED, Fate.SUCCEEDED), sight.text
    assert await running(target) == (OLD if sight.fate is Fate.FAILED_RESTORED else NEW)
    assert not [name for name in stage.names() if "-cand-" in name]


@pytest.mark.parametrize("at", ["trying it beside the old one", "stopping it"])
async def test_who_interrupts_it_again_and_again_keeps_it_from_nothing(
    stage: Stage, at: str
) -> None:
    target = stage.target()
    receipt = await target.start(wanted(), "D1")
    ended = asyncio.create_task(end_of(target, receipt))
    await step(stage.log("D1"), at)
    while not stage.log("D1").with_name("result").exists():
        _signal(stage, "D1", signal.SIGTERM)
        await asyncio.sleep(0)
    sight = await ended
    assert sight.fate is Fate.FAILED_RESTORED, sight.text
    assert await running(target) == OLD
    assert stage.names() == ["app"]


@pytest.mark.parametrize("at", [*POINTS, "putting the old container back"])
async def test_a_kill_at_any_step_is_told_as_it_is_and_can_be_mended(stage: Stage, at: str) -> None:
    if at.startswith("putting"):
        stage.world.host.image(NEW).behaviour = "once"
    target = stage.target()
    receipt = await target.start(wanted(), "D1")
    await step(stage.log("D1"), at)
    _signal(stage, "D1", signal.SIGKILL)
    found, sight = await target.resolve_unknown(wanted(), "D1")
    while sight.fate in (None, Fate.UNKNOWN):
        await asyncio.sleep(0.1)
        sight = await target.watch(receipt)
    assert found == receipt
    version = await running(target)
    match sight.fate:
        case Fate.SUCCEEDED:
            assert version == NEW
        case Fate.FAILED_RESTORED:
            assert version == OLD or "under the name app-prev-D1" in sight.text
        case Fate.FAILED_BROKEN:
            assert version is None or at.startswith("putting")
    stage.world.host.image(NEW).behaviour = "good"
    stage.world.host.image(OLD).behaviour = "good"
    is_good(await switch(target, OLD, "D2"), Fate.SUCCEEDED)
    assert await running(target) == OLD
    assert not [name for name in stage.names() if "-cand-" in name]


async def test_a_kill_ends_a_switch_whose_docker_hangs_as_it_puts_back_what_ran(
    stage: Stage,
) -> None:
    stage.world.host.image(OLD).stops_in = 8
    target, engine = stage.target(grace="PT8S"), stage.world.host.engine
    receipt = await target.start(wanted(), "D1")
    for hanging in (1, 2):  # the switch, and then what takes it back
        while engine.stopping < hanging:
            await asyncio.sleep(0.02)
        _signal(stage, "D1", signal.SIGTERM if hanging == 1 else signal.SIGKILL)
    while (sight := await target.watch(receipt)).fate in (None, Fate.UNKNOWN):
        await asyncio.sleep(0.1)
    assert "it was killed" in sight.text
    assert engine.stopping
    while engine.stopping:
        await asyncio.sleep(0.1)


async def test_what_is_being_stopped_is_not_said_to_run_on(stage: Stage) -> None:
    """The engine stops a container even when nobody waits for that any more."""
    stage.world.host.image(OLD).stops_in = 3
    target = stage.target(grace="PT3S")
    receipt = await target.start(wanted(), "D1")
    await step(stage.log("D1"), "stopping it")
    while not stage.world.host.engine.stopping:
        await asyncio.sleep(0.01)
    _signal(stage, "D1", signal.SIGKILL)
    sight = await target.watch(receipt)
    assert (sight.fate, sight.text) == (
        None,
        "it was killed; what ran before is being stopped",
    )
    while (sight := await target.watch(receipt)).fate is None:
        await asyncio.sleep(0.1)
    assert (sight.fate, sight.text) == (
        Fate.FAILED_BROKEN,
        "it was killed; what ran before is exited, as app-prev-D1",
    )


def _signal(stage: Stage, operation: str, number: int) -> None:
    os.killpg(int(stage.log(operation).with_name("group").read_text()), number)


@pytest.mark.parametrize("old", ["good", "crashes"])
async def test_what_had_ended_before_a_switch_that_changes_nothing_is_started_again(
    stage: Stage, old: Behaviour
) -> None:
    """As one that was killed half-way leaves it; else a retry whose candidate fails would end with
    nothing that runs.
    """
    [container] = stage.world.host.engine.containers
    container.end()
    stage.world.host.image(OLD).behaviour = old
    stage.world.host.image(NEW).behaviour = "crashes"
    target = stage.target()
    sight = await switch(target, NEW, "D1")
    if old == "good":
        assert (sight.fate, await running(target)) == (Fate.FAILED_RESTORED, OLD)
        assert sight.text.endswith("what ran before had ended, and was started again")
    else:
        assert sight.fate is Fate.FAILED_BROKEN
        assert "was started again and is not healthy: its container ended" in sight.text
