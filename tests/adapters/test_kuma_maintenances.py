"""A maintenance at Uptime Kuma: on its page and no monitor's, once, whatever is lost on the way.

How Kuma answers was read in its own `maintenance-socket-handler.js` and `model/maintenance.js`, and
recorded from a real one (tests/contracts/test_kuma_maintenances.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.adapters.uptime_kuma import KumaPage
from bot.domain.errors import Declined, Fault, Unanswered
from bot.domain.incidents.publishing import Health, Phase
from bot.ports.status_pages import Notice, Published
from sandbox.world import World
from tests.adapters.at_status_pages import notice
from tests.adapters.test_kuma_page import at_kuma, said

HOUR = timedelta(hours=1)


@pytest.fixture
async def page(world: World) -> AsyncIterator[KumaPage]:
    async with at_kuma(world) as made:
        yield made


def maintenance(world: World, phase: Phase = Phase.MAINTENANCE, text: str = "Short.") -> Notice:
    now = world.clock.now()
    return notice(text, phase, Health.MAINTENANCE, "App (D2)", between=(now, now + HOUR))


async def shown(world: World) -> list[dict[str, Any]]:
    """What the public page lists, as a browser reads it."""
    url = f"{world.base_url}/kuma/api/status-page/default-page"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        found: list[dict[str, Any]] = (await answer.json())["maintenanceList"]
        return found


async def test_the_page_shows_it_with_its_time_until_it_is_over(
    world: World, page: KumaPage
) -> None:
    assert await shown(world) == []
    made = await page.publish(maintenance(world))
    [one] = await shown(world)
    assert (one["title"], one["description"], one["status"]) == (
        "App (D2)", "Short.", "under-maintenance"
    )  # fmt: skip
    assert one["timezoneOption"] == "UTC" and len(one["dateRange"][0]) == 19

    await page.revise(made.id, maintenance(world, Phase.COMPLETED, "It is complete."))
    assert await shown(world) == []
    [kept] = world.kuma.maintenances.listed().values()
    assert (kept["description"], kept["active"]) == ("It is complete.", False)
    await page.revise(made.id, maintenance(world, Phase.COMPLETED, "It is complete."))
    assert "addMonitorMaintenance" not in said(world)
    assert world.kuma.posts.every == []


async def test_it_ends_by_itself_when_its_time_is_up(world: World, page: KumaPage) -> None:
    await page.publish(maintenance(world))
    await world.clock.advance(HOUR + timedelta(minutes=6))
    assert await shown(world) == []


@pytest.mark.parametrize("lost", ["addMaintenance", "addMaintenanceStatusPage"])
async def test_one_whose_answer_was_lost_is_found_and_put_on_the_page(
    world: World, page: KumaPage, lost: str
) -> None:
    start, wanted = world.clock.now() - timedelta(minutes=2), maintenance(world)
    assert await page.find(wanted, start) is None
    world.faults.add(system="kuma", kind="reset_after_apply", path=lost)
    with pytest.raises(Unanswered):
        await page.publish(wanted)
    found = await page.find(wanted, start)
    assert found == Published(id="maintenance:1", url=page.url)
    await page.revise(found.id, wanted)
    assert [one["id"] for one in await shown(world)] == [1]
    assert await page.find(wanted, start + HOUR) is None
    other = notice(title="App (D3)", between=wanted.between)
    assert await page.find(other, start) is None


async def test_one_that_a_busy_kuma_kept_off_the_page_is_looked_for_first(
    world: World, page: KumaPage
) -> None:
    world.faults.add(system="kuma", kind="rate_limit", path="addMaintenanceStatusPage")
    with pytest.raises(Unanswered, match="rate limit"):
        await page.publish(maintenance(world))


async def test_one_that_somebody_deleted_is_no_longer_told_of(world: World, page: KumaPage) -> None:
    made = await page.publish(maintenance(world))
    world.kuma.maintenances.every.clear()
    with pytest.raises(Declined, match="undefined"):
        await page.revise(made.id, maintenance(world, Phase.COMPLETED))


@pytest.mark.parametrize(
    ("path", "kind", "error"),
    [
        ("getStatusPage", "status:500", Declined),
        ("addMaintenance", "status:500", Declined),
        ("addMaintenance", "bad_json", Unanswered),
        ("getStatusPage", "rate_limit", Fault),
    ],
)
async def test_each_answer_to_it(
    world: World, page: KumaPage, path: str, kind: str, error: type[Fault]
) -> None:
    world.faults.add(system="kuma", kind=kind, path=path)
    with pytest.raises(error) as raised:
        await page.publish(maintenance(world))
    assert type(raised.value) is error
    assert len(world.kuma.maintenances.every) == (error is Unanswered)


@pytest.mark.parametrize("kind", ["status:500", "bad_json", "rate_limit", "reset_before"])
async def test_a_list_that_is_not_told_is_asked_for_again(
    world: World, page: KumaPage, kind: str
) -> None:
    world.faults.add(system="kuma", kind=kind, path="getMaintenanceList")
    with pytest.raises(Fault):
        await page.find(maintenance(world), world.clock.now())
    assert await page.find(maintenance(world), world.clock.now()) is None
