"""What GitHub shows of our deployments, as it is kept."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.store import SqlStore
from bot.domain.deployments.mirrors import Mirror, Shown
from bot.domain.deployments.states import State
from bot.ports import Stale, Tx
from tests.store.samples import START, HandClock, a_deployment


def a_mirror(deployment: int = 1, **changes: Any) -> Mirror:
    facts: dict[str, Any] = {"repo": "acme/app", "environment": "production", "number": 2**40}
    return Mirror(deployment=deployment, **(facts | changes))


async def has_deployment(store: SqlStore, state: State = State.SUCCEEDED) -> None:
    await store.run(lambda tx: tx.add(a_deployment(state=state)))


async def open_ones(store: SqlStore) -> list[Mirror]:
    found = await store.read(lambda tx: tx.mirrors_open(tx.now))
    assert all(deployment.id == mirror.deployment for deployment, mirror in found)
    return [mirror for _, mirror in found]


async def test_one_is_open_until_it_is_done(store: SqlStore) -> None:
    await has_deployment(store, State.RUNNING)
    assert await open_ones(store) == []
    await store.run(lambda tx: tx.add_mirror(a_mirror(ours=False)))
    assert await open_ones(store) == [a_mirror(ours=False)]
    await store.run(lambda tx: tx.save_mirror(a_mirror(ours=False), a_mirror(done=True)))
    assert await open_ones(store) == []
    assert await store.read(lambda tx: tx.mirror(1)) == a_mirror(done=True)
    assert await store.read(lambda tx: tx.mirror(2)) is None


async def test_what_failed_is_due_again_later(store: SqlStore, clock: HandClock) -> None:
    await has_deployment(store)
    later = START + timedelta(minutes=1)
    await store.run(lambda tx: tx.add_mirror(a_mirror(due_at=later, failures=1)))
    assert await open_ones(store) == []
    assert await store.read(lambda tx: tx.next_due()) == later
    clock.forward(minutes=1)
    assert await open_ones(store) == [a_mirror(due_at=later, failures=1)]


async def test_of_two_who_take_the_work_one_gets_it(store: SqlStore, replica: SqlStore) -> None:
    await has_deployment(store, State.RUNNING)
    await store.run(lambda tx: tx.add_mirror(a_mirror()))
    await store.run(lambda tx: tx.add_mirror(a_mirror(number=7)))  # is noted already
    taken = a_mirror(due_at=START + timedelta(minutes=1))
    assert await store.run(lambda tx: tx.save_mirror(a_mirror(), taken)) == taken
    with pytest.raises(Stale):
        await replica.run(lambda tx: tx.save_mirror(a_mirror(), a_mirror(done=True)))
    await store.run(lambda tx: tx.save_mirror(taken, a_mirror(shown=Shown.IN_PROGRESS)))
    assert await replica.read(lambda tx: tx.mirror(1)) == a_mirror(shown=Shown.IN_PROGRESS)


async def test_what_is_shown_as_live_is_of_one_place(store: SqlStore) -> None:
    elsewhere: tuple[dict[str, Any], ...]
    elsewhere = {"repo": "acme/web"}, {"environment": "staging"}, {"shown": Shown.FAILURE}

    def keep(tx: Tx) -> None:
        for place, changes in enumerate(({}, *elsewhere, {}), start=1):
            tx.add(a_deployment(state=State.SUCCEEDED))
            tx.add_mirror(replace(a_mirror(place, shown=Shown.SUCCESS), **changes))

    await store.run(keep)
    found = await store.read(lambda tx: tx.mirrors_live("acme/app", "production"))
    assert [mirror.deployment for mirror in found] == [1, 5]
