"""Who was told that a version went live, as it is kept."""

from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.ports import Stale, Tx
from tests.store.samples import START, an_annotation


async def test_there_is_one_for_each_deployment_and_place(store: SqlStore) -> None:
    wish = an_annotation(1)
    await store.run(lambda tx: tx.add_annotation(wish))
    told = await store.run(lambda tx: tx.save_annotation(wish, wish.told(START)))
    await store.run(lambda tx: tx.add_annotation(wish))
    await store.run(lambda tx: tx.add_annotation(an_annotation(1, place="Sentry")))
    await store.run(lambda tx: tx.add_annotation(an_annotation(2)))

    assert told.revision == 1
    found = await store.read(lambda tx: tx.annotations(1))
    assert found == (told, an_annotation(1, place="Sentry"))
    assert await store.read(lambda tx: tx.annotation(1, "PostHog")) == told
    assert await store.read(lambda tx: tx.annotation(1, "PagerDuty")) is None
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.save_annotation(wish, wish.gave_up("no")))


async def test_what_is_due_comes_in_order_and_counts_for_the_clock(store: SqlStore) -> None:
    def add(tx: Tx) -> None:
        for number, minutes in enumerate((3, 1, 2), 1):
            tx.add_annotation(an_annotation(number, due_at=START + timedelta(minutes=minutes)))
        tx.add_annotation(an_annotation(9, due_at=None))

    await store.run(add)
    due = await store.read(lambda tx: tx.annotations_due(START + timedelta(minutes=2)))
    assert due == ((2, "PostHog"), (3, "PostHog"))
    assert await store.read(lambda tx: tx.next_due()) == START + timedelta(minutes=1)
