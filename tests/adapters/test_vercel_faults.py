"""Vercel in trouble: answers that get lost, limits, refusals, and answers that make no sense."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.domain.rollbacks.targets import Artifact, Fate
from sandbox.world import World
from tests.adapters.at_vercel import AtVercel, at_vercel


@pytest.fixture
async def web(world: World) -> AsyncIterator[AtVercel]:
    async with at_vercel(world) as made:
        yield made


@pytest.mark.parametrize("kind", ["reset_after_apply", "status_after_apply:502"])
async def test_a_lost_answer_is_found_with_what_undo_needs(web: AtVercel, kind: str) -> None:
    web.world.faults.add(system="vercel", kind=kind, method="POST")
    before = web.id("v1.2.0")
    with pytest.raises(Unanswered):
        await web.target.start(web.artifact("v1.1.0"), "R7-web")
    receipt, seen = await web.target.resolve_unknown(web.artifact("v1.1.0"), "R7-web")
    await web.passes(2)
    late, done = await web.target.resolve_unknown(web.artifact("v1.1.0"), "R7-web")
    undo = await web.target.undo(late, "R7-web-undo")
    await web.passes(2)

    assert seen.fate is None
    assert (await web.target.watch(receipt)).fate is not Fate.SUCCEEDED  # it is undone by now
    assert (done.fate, late["from"], late["auto_assign"]) == (Fate.SUCCEEDED, before, "on")
    assert (await web.target.watch(undo)).fate is Fate.SUCCEEDED
    assert web.project.production == before
    assert len(web.sent()) == 2


@pytest.mark.parametrize("kind", ["reset_before", "status:502"])
async def test_what_never_began_is_told_apart(web: AtVercel, kind: str) -> None:
    web.world.faults.add(system="vercel", kind=kind, method="POST")
    with pytest.raises(Unanswered):
        await web.target.start(web.artifact("v1.1.0"), "R7-web")
    receipt, seen = await web.target.resolve_unknown(web.artifact("v1.1.0"), "R7-web")

    assert (receipt, seen.fate) == ({}, Fate.FAILED_RESTORED)
    assert seen.text == f"Vercel knows of no such rollback; production runs {web.id('v1.2.0')}"
    again = await web.target.start(web.artifact("v1.1.0"), "R7-web")
    await web.passes(2)
    assert (await web.target.watch(again)).fate is Fate.SUCCEEDED


async def test_the_same_way_back_of_another_day_is_not_taken_for_ours(web: AtVercel) -> None:
    await web.rolled_back("v1.1.0", "R6-web")
    web.project.production = web.id("v1.2.0")  # by an alias, which no request shows
    receipt, seen = await web.target.resolve_unknown(web.artifact("v1.1.0"), "R7-web")

    assert (receipt, seen.fate) == ({}, Fate.FAILED_RESTORED)


async def test_production_is_where_it_should_be_whoever_did_it(web: AtVercel) -> None:
    receipt, seen = await web.target.resolve_unknown(web.artifact("v1.2.0"), "R7-web")

    assert (seen.fate, seen.text) == (Fate.SUCCEEDED, f"production runs {web.id('v1.2.0')}")
    assert receipt["already"] == "yes"


@pytest.mark.parametrize(
    ("kind", "is_a", "says"),
    [
        ("status:400", Declined, "HTTP 400"),
        ("status:401", Declined, "HTTP 401"),
        ("status:402", Declined, "HTTP 402"),
        ("status:403", Declined, "HTTP 403"),
        ("status:404", Declined, "HTTP 404"),
        ("status:409", Declined, "HTTP 409"),
        ("status:410", Declined, "HTTP 410"),
        ("status:422", Declined, "HTTP 422"),
        ("status:408", Unanswered, "HTTP 408"),
        ("status:500", Unanswered, "HTTP 500"),
        ("status:302", Unanswered, "HTTP 302"),
        ("reset_before", Unanswered, "no usable answer (ReadError)"),
        ("timeout", Unanswered, "no answer in time"),
    ],
)
async def test_each_answer_to_a_write(
    world: World, kind: str, is_a: type[Fault], says: str
) -> None:
    world.faults.add(system="vercel", kind=kind, method="POST")
    async with at_vercel(world, patience=0.5) as web:
        with pytest.raises(Fault) as raised:
            await web.target.start(web.artifact("v1.1.0"), "R7-web")

    assert (type(raised.value), raised.value.text) == (is_a, says)
    assert len(web.sent()) == 1


@pytest.mark.parametrize(
    ("kind", "is_a", "says"),
    [
        ("status:403", Declined, "HTTP 403"),
        ("status:404", NotFound, "HTTP 404"),
        ("status:410", NotFound, "HTTP 410"),
        ("status:502", Fault, "HTTP 502"),
        ("reset_before", Fault, "no usable answer (ReadError)"),
        ("bad_json", Fault, "no usable answer (Project: 1 mistakes)"),
    ],
)
async def test_each_answer_to_a_read(
    web: AtVercel, kind: str, is_a: type[Fault], says: str
) -> None:
    web.world.faults.add(system="vercel", kind=kind)
    with pytest.raises(Fault) as raised:
        await web.target.current()

    assert (type(raised.value), raised.value.text) == (is_a, says)


@pytest.mark.parametrize(("kind", "wait"), [("rate_limit", 60), ("status:429:retry_after=7", 7)])
async def test_a_limit_says_how_long(web: AtVercel, kind: str, wait: float) -> None:
    for method in ("GET", "POST"):
        web.world.faults.add(system="vercel", kind=kind, method=method)
        with pytest.raises(Fault) as raised:
            await web.target.start(web.artifact("v1.1.0"), "R7-web")
        assert type(raised.value) is Fault
        assert raised.value.text.startswith("rate limit (")
        assert raised.value.retry_after == pytest.approx(wait, abs=2)
    assert web.project.job is None


async def test_what_vercel_says_itself(world: World) -> None:
    async with at_vercel(world, token="stolen") as stranger:
        with pytest.raises(Declined) as no:
            await stranger.target.current()
    async with at_vercel(world) as web:
        with pytest.raises(Declined) as gone:
            await web.target.start(Artifact(id="dpl_nonesuch"), "R7-web")
        with pytest.raises(Declined) as unnamed:
            await web.target.start(Artifact(id="", version="v9.9.9"), "R7-web")

    assert str(no.value) == "vercel: 403 Not authorized"
    assert gone.value.text == "404 Deployment not found"
    assert unnamed.value.text == "no production deployment among the newest 100 is v9.9.9"
