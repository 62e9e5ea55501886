"""A rollback at Vercel is undone: what ran, and whether production follows its branch again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import Declined
from bot.domain.rollbacks.targets import Fate
from sandbox.world import World
from tests.adapters.at_vercel import PINNED, AtVercel, at_vercel


@pytest.fixture
async def web(world: World) -> AsyncIterator[AtVercel]:
    async with at_vercel(world) as made:
        yield made


@pytest.mark.parametrize("auto", [True, False])
async def test_undo_restores_what_ran_and_whether_it_follows(web: AtVercel, auto: bool) -> None:
    web.project.auto_assign = auto
    receipt, sight = await web.rolled_back("v1.1.0")
    undo = await web.target.undo(receipt, "R7-web-undo")
    again = await web.target.undo(receipt, "R7-web-undo")
    await web.passes(2)
    seen = await web.target.watch(undo)
    late = await web.target.undo(receipt, "R7-web-undo")

    assert sight.pinned == (PINNED if auto else "")
    assert (web.project.production, web.project.auto_assign) == (web.id("v1.2.0"), auto)
    note = "" if auto else "; auto-assignment of domains is off, as it was before"
    assert (seen.fate, seen.pinned) == (Fate.SUCCEEDED, "")
    assert seen.text == f"all production domains lead to {web.id('v1.2.0')}{note}"
    assert len(web.sent()) == 2
    for receipt in (again, late):
        assert (await web.target.watch(receipt)).fate is Fate.SUCCEEDED
    assert len(web.sent("PATCH")) == (0 if auto else 1)


async def test_undo_waits_behind_a_rolling_release(web: AtVercel) -> None:
    receipt, _ = await web.rolled_back("v1.1.0")
    web.project.rolling = web.id("v1.0.0")
    undo = await web.target.undo(receipt, "R7-web-undo")
    waiting = await web.target.watch(undo)
    web.project.end_rolling()
    await web.passes(2)
    done = await web.target.watch(undo)

    assert web.sent()[-1][1] == 202
    assert (waiting.fate, waiting.text) == (None, "queued behind a rolling release")
    assert (done.fate, web.project.production) == (Fate.SUCCEEDED, web.id("v1.2.0"))


async def test_where_nothing_was_done_nothing_is_undone(web: AtVercel) -> None:
    receipt = await web.target.start(web.artifact("v1.2.0"), "R7-web")
    undo = await web.target.undo(receipt, "R7-web-undo")

    assert (await web.target.watch(undo)).fate is Fate.SUCCEEDED
    web.project.rollback(web.id("v1.1.0"), "by hand")
    await web.passes(2)
    assert (await web.target.watch(receipt)).fate is Fate.UNKNOWN
    assert web.sent() == []


async def test_a_flag_that_cannot_be_put_back_is_told(web: AtVercel) -> None:
    web.project.auto_assign = False
    receipt, _ = await web.rolled_back("v1.1.0")
    undo = await web.target.undo(receipt, "R7-web-undo")
    await web.passes(2)
    web.world.faults.add(system="vercel", kind="status:403", method="PATCH")
    seen = await web.target.watch(undo)

    assert seen.fate is Fate.SUCCEEDED
    assert seen.text.endswith(
        "; auto-assignment of domains is on now and was off before (HTTP 403)"
    )


async def test_the_pin_can_be_lifted_and_the_rollback_kept(web: AtVercel) -> None:
    await web.target.unpin()
    assert web.sent("PATCH") == []
    await web.rolled_back("v1.1.0")
    web.project.deploy(web.project.deployments[0].release)
    held = await web.target.current()
    await web.target.unpin()
    now = await web.target.current()

    assert held is not None and now is not None
    assert (held.id, held.pinned) == (web.id("v1.1.0"), PINNED)
    assert (now.id, now.pinned) == (web.id("v1.1.0"), "")
    assert web.project.auto_assign


async def test_a_second_rollback_remembers_how_it_was_before_the_first(web: AtVercel) -> None:
    await web.rolled_back("v1.1.0")
    receipt, seen = await web.rolled_back("v1.0.0", "R8-web")

    assert (receipt["auto_assign"], seen.pinned) == ("on", PINNED)


async def test_after_a_rollback_by_hand_nobody_knows_how_it_was_before(web: AtVercel) -> None:
    web.project.rollback(web.id("v1.1.0"), "by hand")
    await web.passes(2)
    receipt, seen = await web.rolled_back("v1.0.0")
    undo = await web.target.undo(receipt, "R7-web-undo")
    await web.passes(2)

    assert (receipt["auto_assign"], seen.pinned) == ("unknown", PINNED)
    text = (await web.target.watch(undo)).text
    assert text.endswith("; whether later deployments went live by themselves before is not known")


async def test_undo_is_declined_while_another_move_is_under_way(web: AtVercel) -> None:
    receipt, _ = await web.rolled_back("v1.1.0")
    web.project.rollback(web.id("v1.0.0"), "by hand")

    with pytest.raises(Declined, match="moving production"):
        await web.target.undo(receipt, "R7-web-undo")
