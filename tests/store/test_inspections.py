"""Inspections in the store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.domain.rollbacks.targets import Sight
from bot.ports import Stale, Tx
from tests.store.samples import START, an_inspection


async def test_an_inspection_comes_back_as_it_was(store: SqlStore) -> None:
    begun = an_inspection(1)
    await store.run(lambda tx: tx.add_inspection(begun))
    running = replace(begun.steps[0], receipt={"run": "7001"}, began_at=START)
    seen = running.seen(Sight(fate=None, text="run 7001 in progress", at=START))
    changed = begun.with_(steps=(seen, begun.steps[1]), due_at=None)
    saved = await store.run(lambda tx: tx.save_inspection(begun, changed))
    assert saved.revision == 1
    assert await store.read(lambda tx: tx.inspection(1)) == saved
    assert await store.read(lambda tx: tx.inspection(2)) is None
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.save_inspection(begun, changed))


async def test_what_is_due_comes_in_order_and_counts_for_the_clock(store: SqlStore) -> None:
    def add(tx: Tx) -> None:
        for number, minutes in enumerate((3, 1, 2), 1):
            tx.add_inspection(an_inspection(number, due_at=START + timedelta(minutes=minutes)))
        tx.add_inspection(an_inspection(9, due_at=None))

    await store.run(add)
    assert await store.read(lambda tx: tx.inspections_due(START + timedelta(minutes=2))) == (2, 3)
    assert await store.read(lambda tx: tx.next_due()) == START + timedelta(minutes=1)
