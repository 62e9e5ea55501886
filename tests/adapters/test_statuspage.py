"""A page at Statuspage: our incident with its own components, and each way in which it says no."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.statuspage import Statuspage, connect
from bot.domain.errors import Declined, Fault, NotFound, Unanswered
from bot.domain.incidents.publishing import Health, Phase
from sandbox.seeds import Seed
from sandbox.statuspage.host import PAGE, component_id
from sandbox.world import World
from tests.adapters.at_status_pages import notice

PATIENCE = 10.0  # seconds, for a busy machine
HASTE = 0.5  # seconds, where nothing answers


@asynccontextmanager
async def at_statuspage(
    world: World,
    *,
    key: str = "local-statuspage-key",
    page: str = PAGE,
    patience: float = PATIENCE,
) -> AsyncIterator[Statuspage]:
    made = connect(f"{world.base_url}/statuspage/v1", key, page, patience)
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
async def page(world: World) -> AsyncIterator[Statuspage]:
    world.begin(Seed.named("many"))
    async with at_statuspage(world) as made:
        yield made


def health(world: World, *services: str) -> list[str]:
    return [world.statuspage.components[component_id(one)].status for one in services]


async def test_only_its_own_components_fall_and_rise(world: World, page: Statuspage) -> None:
    first, second = component_id("s01"), component_id("s02")
    mine = await page.publish(notice(components={first: Health.OUTAGE}))
    other = await page.publish(
        notice(title="Slow (INC-8)", health=Health.DEGRADED, components={second: Health.DEGRADED})
    )
    fallen = health(world, "s01", "s02", "s03")
    well = notice(
        "Over.", Phase.RESOLVED, Health.OPERATIONAL, components={first: Health.OPERATIONAL}
    )
    await page.revise(mine.id, well)

    assert fallen == ["major_outage", "degraded_performance", "operational"]
    assert health(world, "s01", "s02", "s03") == [
        "operational", "degraded_performance", "operational"
    ]  # fmt: skip
    assert [(one.name, one.status, one.impact) for one in world.statuspage.incidents] == [
        ("Service outage detected (INC-7)", "resolved", "critical"),
        ("Slow (INC-8)", "investigating", "minor"),
    ]
    assert mine.url.endswith(f"/i/{mine.id}") and other.id != mine.id


async def test_an_update_whose_answer_was_lost_is_not_mailed_twice(
    world: World, page: Statuspage
) -> None:
    made = await page.publish(notice())
    news = notice(
        "It is the database.", Phase.IDENTIFIED, components={component_id("s01"): Health.OUTAGE}
    )
    world.faults.add(system="statuspage", kind="reset_after_apply", method="PATCH")
    with pytest.raises(Unanswered):
        await page.revise(made.id, news)
    await page.revise(made.id, news)

    [incident] = world.statuspage.incidents
    assert [(one.status, one.body) for one in incident.updates] == [
        ("identified", "It is the database."),
        ("investigating", "We are looking into it."),
    ]
    assert world.statuspage.mails == 2


@pytest.mark.parametrize(
    "other",
    [
        notice("Something else.", Phase.INVESTIGATING),
        notice("We are looking into it.", Phase.MONITORING),
        notice(components={component_id("s01"): Health.DEGRADED}),
    ],
)
async def test_whatever_is_new_is_told(world: World, page: Statuspage, other: Any) -> None:
    made = await page.publish(notice())
    await page.revise(made.id, notice())
    assert world.statuspage.mails == 1
    await page.revise(made.id, other)
    assert world.statuspage.mails == 2


async def test_a_post_whose_answer_was_lost_is_found(world: World, page: Statuspage) -> None:
    start = world.clock.now() - timedelta(seconds=1)
    assert await page.find(notice(), start) is None
    world.faults.add(system="statuspage", kind="reset_after_apply", method="POST")
    with pytest.raises(Unanswered):
        await page.publish(notice())
    found = await page.find(notice(), start)

    assert found is not None
    assert found.id == world.statuspage.incidents[0].id
    assert await page.find(notice(), start + timedelta(days=1)) is None
    assert await page.find(notice(title="Another (INC-9)"), start) is None


async def test_a_long_title_is_cut_and_still_found(world: World, page: Statuspage) -> None:
    start, long = world.clock.now() - timedelta(seconds=1), notice(title="x" * 300)
    made = await page.publish(long)
    found = await page.find(long, start)
    assert found is not None and found.id == made.id


@pytest.mark.parametrize(
    ("kind", "is_a", "says", "wait"),
    [
        ("status:400", Declined, "400 internal_error", None),
        ("status:422", Declined, "422 internal_error", None),
        ("status:420:retry_after=9", Fault, "rate limit (420 internal_error)", 9),
        ("status:429:retry_after=7", Fault, "rate limit (429 ratelimited)", 7),
        ("status:500", Unanswered, "500 internal_error", None),
        ("status_after_apply:502", Unanswered, "502 internal_error", None),
        ("reset_before", Unanswered, "no usable answer (ReadError)", None),
        ("bad_json", Unanswered, "no usable answer (_Incident: 1 mistakes)", None),
        ("timeout", Unanswered, "no answer in time", None),
    ],
)
async def test_each_answer_to_a_write(
    world: World, kind: str, is_a: type[Fault], says: str, wait: float | None
) -> None:
    world.faults.add(system="statuspage", kind=kind)
    async with at_statuspage(world, patience=HASTE if kind == "timeout" else PATIENCE) as page:
        with pytest.raises(Fault) as raised:
            await page.publish(notice())

    told = raised.value
    assert (type(told), told.text, told.retry_after) == (is_a, says, wait)
    assert len(world.journal.entries("statuspage", "POST")) == 1


async def test_what_statuspage_says_itself(world: World) -> None:
    async with at_statuspage(world, key="stolen") as stranger:
        with pytest.raises(Declined) as key:
            await stranger.publish(notice())
    async with at_statuspage(world, page="nonesuch") as lost:
        with pytest.raises(Declined) as page:
            await lost.publish(notice())
    async with at_statuspage(world) as right:
        with pytest.raises(Declined) as component:
            await right.publish(notice(components={"nonesuch": Health.OUTAGE}))
        with pytest.raises(NotFound) as gone:
            await right.revise("nonesuch", notice())

    assert key.value.text == "401 Could not authenticate"
    assert page.value.text == "404 Page not found"
    missing = "Component nonesuch was not found"
    assert component.value.text == f"422 {missing}, {missing}"
    assert gone.value.text == "404 not found"
