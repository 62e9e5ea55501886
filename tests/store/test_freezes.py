"""Freezes in the store: until they are over or lifted, the first to begin first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.domain.closures.freezes import SetFreeze
from bot.domain.closures.windows import Freeze
from bot.ports import Stale
from tests.store.samples import START, HandClock

DAY = timedelta(days=1)
SALE = SetFreeze(
    freeze=Freeze(name="sale", start=START + DAY, end=START + 2 * DAY),
    set_by="U0DEE",
    set_at=START,
)
AUDIT = replace(SALE, service="app", freeze=Freeze(name="audit", start=START, end=START + DAY))


async def test_a_freeze_comes_back_as_it_was_until_it_is_over(
    store: SqlStore, clock: HandClock
) -> None:
    sale = await store.run(lambda tx: tx.add_freeze(SALE))
    audit = await store.run(lambda tx: tx.add_freeze(AUDIT))
    assert sale == replace(SALE, id=sale.id)
    assert await store.run(lambda tx: tx.freezes()) == (audit, sale)
    clock.forward(days=1)
    assert await store.run(lambda tx: tx.freezes()) == (sale,)


async def test_a_freeze_is_lifted_once(store: SqlStore) -> None:
    sale = await store.run(lambda tx: tx.add_freeze(SALE))
    lifted = sale.lifted(START, "U0DEE")
    assert lifted.is_over(START) and not sale.is_over(START)
    await store.run(lambda tx: tx.lift_freeze(lifted))
    assert await store.run(lambda tx: tx.freezes()) == ()
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.lift_freeze(lifted))
