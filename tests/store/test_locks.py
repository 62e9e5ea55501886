"""Locks in the store: one of a kind for each place, found by what they cover, kept when opened."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.adapters.store import SqlStore
from bot.domain.closures.locks import Lock, LockKind
from bot.ports import Stale, Tx
from tests.store.samples import START, HandClock

HOUR = timedelta(hours=1)


def add(lock: Lock, tx: Tx) -> None:
    tx.add_lock(lock)


DEES = Lock(service="app", environment="production", owner="U0DEE", reason="moving", set_at=START)
HOLD = replace(DEES, kind=LockKind.HOLD, subject="D9", owner="")


async def test_a_lock_comes_back_as_it_was(store: SqlStore) -> None:
    wanted = replace(DEES, expires_at=START + 2 * HOUR, nagged_at=START)
    saved = await store.run(lambda tx: tx.add_lock(wanted))
    assert saved == replace(wanted, id=1)
    assert await store.run(lambda tx: tx.lock(1)) == saved
    assert await store.run(lambda tx: tx.lock(2)) is None
    assert await store.run(lambda tx: tx.lock(10**12)) is None


async def test_a_place_holds_one_lock_of_a_person_and_others_besides(store: SqlStore) -> None:
    first = await store.run(lambda tx: tx.add_lock(DEES))
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.add_lock(replace(DEES, owner="U0BO")))
    await store.run(lambda tx: tx.add_lock(HOLD))
    await store.run(lambda tx: tx.add_lock(replace(HOLD, subject="D10")))
    await store.run(lambda tx: tx.save_lock(first, first.opened(START, "U0DEE")))
    again = await store.run(lambda tx: tx.add_lock(replace(DEES, owner="U0BO")))
    held = await store.run(lambda tx: tx.locks())
    assert [(lock.subject, lock.owner) for lock in held] == [("D9", ""), ("D10", ""), ("", "U0BO")]
    assert again in held


async def test_a_change_of_what_somebody_else_changed_is_stale(store: SqlStore) -> None:
    first = await store.run(lambda tx: tx.add_lock(DEES))
    await store.run(lambda tx: tx.save_lock(first, first.nagged(START)))
    with pytest.raises(Stale):
        await store.run(lambda tx: tx.save_lock(first, first.opened(START, "U0BO")))


async def test_what_covers_a_place(store: SqlStore, clock: HandClock) -> None:
    for service, environment in (("", ""), ("app", ""), ("", "staging"), ("app", "production")):
        lock = replace(DEES, service=service, environment=environment, expires_at=START + HOUR)
        await store.run(partial(add, lock))
    on = [lock.id for lock in await store.run(lambda tx: tx.locks_on("app", "production"))]
    assert on == [1, 2, 4]
    clock.forward(hours=1)
    assert await store.run(lambda tx: tx.locks_on("app", "production")) == ()


async def test_what_is_due(store: SqlStore) -> None:
    assert await store.run(lambda tx: tx.next_due()) is None
    lasting = await store.run(lambda tx: tx.add_lock(DEES))
    await store.run(lambda tx: tx.add_lock(HOLD))
    assert await store.run(lambda tx: tx.next_due()) == START + 3 * HOUR
    assert await store.run(lambda tx: tx.locks_due(START + 2.9 * HOUR)) == ()
    assert await store.run(lambda tx: tx.locks_due(START + 3 * HOUR)) == (1,)
    await store.run(lambda tx: tx.save_lock(lasting, lasting.opened(START, "")))
    assert await store.run(lambda tx: tx.next_due()) is None
    assert await store.run(lambda tx: tx.locks_due(START + 3 * HOUR)) == ()
