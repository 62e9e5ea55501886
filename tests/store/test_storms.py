"""When much goes down at once nothing of it is lost, however many want to write the same."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot import config
from bot.adapters.store import SqlStore, open_store
from bot.domain.incidents.detection import Beat
from bot.domain.people import Role
from bot.ports import Tx
from bot.services.followers import followers
from bot.services.incidents.hearing import Hearing
from tests.domain.samples import member
from tests.store.samples import START, HandClock, only_on_postgres

AT_ONCE = 40
EACH_ITS_OWN = {f"M{n}": f"s{n}" for n in range(AT_ONCE)}
ALL_OF_ONE = {f"M{n}": "s0" for n in range(AT_ONCE)}


def configured(monitors: dict[str, str]) -> config.Config:
    services = ", ".join(f"{name}: {{repo: acme/{name}}}" for name in sorted({*monitors.values()}))
    watched = ", ".join(f"{monitor}: {service}" for monitor, service in monitors.items())
    kuma = f"{{uptime_kuma: {{monitors: {{{watched}}}}}}}"
    return config.parse(f"services: {{{services}}}\nincidents: {kuma}")


@pytest.fixture
async def bots(
    address: str, clock: HandClock, monitors: dict[str, str]
) -> AsyncIterator[list[SqlStore]]:
    told = followers(configured(monitors))
    stores = [open_store(address, clock, told) for _ in range(2)]
    await stores[0].run(lambda tx: tx.keep_people([(member("U0ANA", *Role), "ana")]))
    yield stores
    for store in stores:
        await store.close()


@only_on_postgres
@pytest.mark.parametrize("monitors", [EACH_ITS_OWN, ALL_OF_ONE], ids=["services", "monitors"])
async def test_all_that_goes_down_at_once_is_opened_and_paged(
    bots: list[SqlStore], monitors: dict[str, str]
) -> None:
    known = configured(monitors)

    heard = [Hearing(bot, known, lambda: None) for bot in bots]

    async def down(number: int) -> None:
        name = f"M{number}"
        beat = Beat(monitor=name, name=name, status="down", text="503", at=START)
        await heard[number % 2].hear(beat)

    await asyncio.gather(*map(down, range(AT_ONCE)))

    def pages(tx: Tx) -> list[int]:
        return [len(tx.pages(incident.id)) for incident in tx.open_incidents()]

    assert await bots[0].read(pages) == [1] * AT_ONCE
