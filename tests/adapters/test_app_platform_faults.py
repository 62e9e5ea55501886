"""App Platform answers late, badly or not at all: what it did is found, and done once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.domain.rollbacks.targets import Artifact, Fate
from sandbox.world import World
from tests.adapters.at_digitalocean import PINNED, AtDigitalOcean, at_digitalocean


@pytest.fixture
async def api(world: World) -> AsyncIterator[AtDigitalOcean]:
    async with at_digitalocean(world) as made:
        yield made


@pytest.mark.parametrize("kind", ["reset_after_apply", "status_after_apply:502", "bad_json"])
async def test_a_lost_answer_is_found(api: AtDigitalOcean, kind: str) -> None:
    wanted = api.artifact("v1.1.0")
    api.world.faults.add(system="digitalocean", kind=kind, method="POST")
    with pytest.raises(Unanswered):
        await api.target.start(wanted, "R7-api")
    _, seen = await api.target.resolve_unknown(wanted, "R7-api")
    await api.passes(5)
    receipt, done = await api.target.resolve_unknown(wanted, "R7-api")

    assert (seen.fate, done.fate, done.pinned) == (None, Fate.SUCCEEDED, PINNED)
    assert receipt["from"] == api.id("v1.2.0")
    undo = await api.target.undo(receipt, "R7-api-undo")
    await api.passes(5)
    assert (await api.target.watch(undo)).fate is Fate.SUCCEEDED


async def test_a_lost_answer_whose_deployment_failed(api: AtDigitalOcean) -> None:
    wanted = api.artifact("v1.1.0")
    api.app.outcome = "ERROR"
    api.world.faults.add(system="digitalocean", kind="reset_after_apply", method="POST")
    with pytest.raises(Unanswered):
        await api.target.start(wanted, "R7-api")
    await api.passes(5)
    receipt, seen = await api.target.resolve_unknown(wanted, "R7-api")

    assert (seen.fate, receipt["to"]) == (Fate.FAILED_RESTORED, wanted.id)


async def test_the_same_way_back_of_another_day_is_not_taken_for_ours(api: AtDigitalOcean) -> None:
    wanted = api.artifact("v1.1.0")
    receipt, _ = await api.rolled_back("v1.1.0")
    await api.target.undo(receipt, "R6-api-undo")
    await api.passes(5)
    api.world.faults.add(system="digitalocean", kind="reset_before", method="POST")
    with pytest.raises(Unanswered):
        await api.target.start(wanted, "R7-api")

    found, seen = await api.target.resolve_unknown(wanted, "R7-api")
    assert (found, seen.fate) == ({}, Fate.FAILED_RESTORED)


async def test_what_never_began_is_told_apart(api: AtDigitalOcean) -> None:
    api.world.faults.add(system="digitalocean", kind="reset_before", method="POST")
    with pytest.raises(Unanswered):
        await api.target.start(api.artifact("v1.1.0"), "R7-api")
    receipt, seen = await api.target.resolve_unknown(api.artifact("v1.1.0"), "R7-api")
    same, there = await api.target.resolve_unknown(api.artifact("v1.2.0"), "R7-api")

    assert (receipt, seen.fate) == ({}, Fate.FAILED_RESTORED)
    assert seen.text == f"App Platform knows of no such rollback; it runs {api.id('v1.2.0')}"
    assert (same["already"], there.fate) == ("yes", Fate.SUCCEEDED)


@pytest.mark.parametrize(
    ("kind", "is_a"),
    [
        ("status:400", Declined),
        ("status:401", Declined),
        ("status:403", Declined),
        ("status:404", Declined),
        ("status:409", Declined),
        ("status:422", Declined),
        ("status:408", Unanswered),
        ("status:500", Unanswered),
        ("status:503", Unanswered),
        ("timeout", Unanswered),
    ],
)
async def test_each_answer_to_a_write(world: World, kind: str, is_a: type[Fault]) -> None:
    world.faults.add(system="digitalocean", kind=kind, method="POST")
    async with at_digitalocean(world, patience=0.5) as api:
        with pytest.raises(Fault) as raised:
            await api.target.start(api.artifact("v1.1.0"), "R7-api")

    assert type(raised.value) is is_a
    assert len(api.sent()) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_limit_says_how_long(api: AtDigitalOcean, method: str) -> None:
    api.world.faults.add(system="digitalocean", kind="rate_limit", method=method)
    with pytest.raises(Fault) as raised:
        await api.target.start(api.artifact("v1.1.0"), "R7-api")

    assert type(raised.value) is Fault
    assert raised.value.text == "rate limit (429 API Rate limit exceeded.)"
    assert raised.value.retry_after == pytest.approx(60, abs=2)
    assert api.app.under_way is None


async def test_what_digitalocean_says_itself(world: World) -> None:
    async with at_digitalocean(world, token="stolen") as stranger:
        with pytest.raises(Declined) as no:
            await stranger.target.current()
    async with at_digitalocean(world) as api:
        with pytest.raises(Declined) as unnamed:
            await api.target.start(Artifact(id="", version="v9.9.9"), "R7-api")
        with pytest.raises(NotFound) as gone:
            await api.target.watch({"step": "rollback", "deployment": "nonesuch", "to": ""})

    assert str(no.value) == "digitalocean: 401 Unable to authenticate you"
    assert unnamed.value.text == "no deployment among the newest 50 is v9.9.9"
    assert gone.value.text == "404 The resource you were accessing could not be found."
