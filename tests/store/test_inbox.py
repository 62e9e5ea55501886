"""A request that comes twice is taken once."""

from datetime import timedelta

from bot.adapters.store import SqlStore
from bot.ports import Tx
from tests.store.samples import START, HandClock


async def test_the_first_time_is_told_from_the_second(store: SqlStore) -> None:
    assert await store.run(lambda tx: tx.first_time("Ev1", "events", "U0ANA"))
    assert not await store.run(lambda tx: tx.first_time("Ev1", "events", "U0ANA"))
    assert await store.run(lambda tx: tx.first_time("Ev2", "events", "U0ANA"))


async def test_old_requests_are_forgotten(store: SqlStore, clock: HandClock) -> None:
    await store.run(lambda tx: tx.first_time("old", "events", "U0ANA"))
    clock.forward(minutes=1)
    await store.run(lambda tx: tx.first_time("new", "events", "U0ANA"))
    await store.run(lambda tx: tx.forget_requests(START + timedelta(minutes=1)))
    assert await store.run(lambda tx: tx.first_time("old", "events", "U0ANA"))
    assert not await store.run(lambda tx: tx.first_time("new", "events", "U0ANA"))


async def test_who_acted_lately_is_known(store: SqlStore, clock: HandClock) -> None:
    await store.run(lambda tx: tx.first_time("one", "command", "U0ANA"))
    later = clock.forward(minutes=5)
    await store.run(lambda tx: tx.first_time("two", "click", "U0BO"))
    await store.run(lambda tx: tx.first_time("three", "click", "U0BO"))
    assert await store.read(lambda tx: tx.acted(START)) == {"U0ANA", "U0BO"}
    assert await store.read(lambda tx: tx.acted(later)) == {"U0BO"}


async def test_what_came_after_now_was_not_heard(store: SqlStore, clock: HandClock) -> None:
    def is_heard(tx: Tx) -> bool:
        return tx.heard("github:push", "acme/app", START - timedelta(hours=2))

    await store.run(lambda tx: tx.first_time("one", "github:push", "acme/app"))
    assert await store.run(is_heard)
    clock.forward(seconds=-2)  # another replica's clock is ahead
    assert await store.run(is_heard)
    clock.forward(hours=-1)
    assert not await store.run(is_heard)
