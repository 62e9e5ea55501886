"""Remedies in the store."""

from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.domain.rollbacks.remedies import RemedyKind, RemedyState
from bot.ports import Stale, Tx
from tests.store.samples import START, a_remedy


async def test_a_remedy_comes_back_as_it_was(store: SqlStore) -> None:
    kept = await store.run(lambda tx: tx.add_remedy(a_remedy(due_at=START, sent_at=START)))
    made = kept.to(RemedyState.DONE, number=12, url="https://github.com/acme/app/pull/12")
    saved = await store.run(lambda tx: tx.save_remedy(kept, made))
    assert await store.read(lambda tx: tx.remedy(kept.id)) == saved
    assert (saved.revision, saved.due_at, saved.sent_at) == (1, None, None)
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.save_remedy(kept, made))


async def test_of_a_rollback_each_is_made_once(store: SqlStore) -> None:
    hotfix = a_remedy(kind=RemedyKind.HOTFIX, pull=0)
    first = await store.run(lambda tx: tx.add_remedy(a_remedy()))
    others = [
        await store.run(lambda tx, one=one: tx.add_remedy(one))  # type: ignore[misc]
        for one in (a_remedy(pull=5), hotfix, a_remedy(subject="D2"))
    ]
    assert await store.read(lambda tx: tx.remedies_of("D1")) == (first, *others[:2])
    with pytest.raises(Exception, match=r"(?i)unique|somebody else"):
        await store.run(lambda tx: tx.add_remedy(a_remedy()))


async def test_what_is_due_comes_in_order_and_counts_for_the_clock(store: SqlStore) -> None:
    def add(tx: Tx) -> None:
        for number, minutes in enumerate((3, 1, 2)):
            tx.add_remedy(a_remedy(pull=number, due_at=START + timedelta(minutes=minutes)))
        tx.add_remedy(a_remedy(pull=9))

    await store.run(add)

    now = START + timedelta(minutes=2)
    assert await store.read(lambda tx: tx.remedies_due(now)) == (2, 3)
    assert await store.read(lambda tx: tx.next_due()) == START + timedelta(minutes=1)
