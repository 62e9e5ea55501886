"""What GitHub shows of our deployments, as it is kept."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.adapters.store import SqlStore
from bot.domain.deployments.mirrors import Mirror, Shown
from bot.domain.deployments.states import State
from bot.ports import Tx
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
    await store.run(lambda tx: tx.keep_mirror(a_mirror(ours=False)))
    assert await open_ones(store) == [a_mirror(ours=False)]
    await store.run(lambda tx: tx.keep_mirror(a_mirror(done=True)))
    assert await open_ones(store) == []
    assert await store.read(lambda tx: tx.mirror(1)) == a_mirror(done=True)
    assert await store.read(lambda tx: tx.mirror(2)) is None


async def test_what_failed_is_due_again_later(store: SqlStore, clock: HandClock) -> None:
    await has_deployment(store)
    later = START + timedelta(minutes=1)
    await store.run(lambda tx: tx.keep_mirror(a_mirror(due_at=later, failures=1)))
    assert await open_ones(store) == []
    assert await store.read(lambda tx: tx.next_due()) == later
    clock.forward(minutes=1)
    assert await open_ones(store) == [a_mirror(due_at=later, failures=1)]


async def test_what_is_shown_as_live_is_of_one_place(store: SqlStore) -> None:
    elsewhere: tuple[dict[str, Any], ...]
    elsewhere = {"repo": "acme/web"}, {"environment": "staging"}, {"shown": Shown.FAILURE}

    def keep(tx: Tx) -> None:
        for place, changes in enumerate(({}, *elsewhere, {}), start=1):
            tx.add(a_deployment(state=State.SUCCEEDED))
            tx.keep_mirror(replace(a_mirror(place, shown=Shown.SUCCESS), **changes))

    await store.run(keep)
    found = await store.read(lambda tx: tx.mirrors_live("acme/app", "production"))
    assert [mirror.deployment for mirror in found] == [1, 5]
