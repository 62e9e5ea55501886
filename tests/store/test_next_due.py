"""The next due time is the earliest of everything that has to be looked at again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.domain.deployments.states import State
from bot.ports import Tx
from tests.store.samples import (
    START,
    HandClock,
    a_deployment,
    a_picture_wish,
    a_post,
    an_incident,
)

FIRST, SECOND, THIRD = (START + timedelta(minutes=number) for number in (1, 2, 3))


async def test_nothing_is_due_in_an_empty_store(store: SqlStore) -> None:
    assert await store.run(lambda tx: tx.next_due()) is None


async def test_the_earliest_of_deployments_and_posts_counts(store: SqlStore) -> None:
    await store.run(lambda tx: tx.add(a_deployment(due_at=SECOND)))
    assert await store.run(lambda tx: tx.next_due()) == SECOND
    await store.run(lambda tx: tx.post(a_post("k", due_at=FIRST)))
    assert await store.run(lambda tx: tx.next_due()) == FIRST


async def test_a_duty_is_nothing_to_stop_for(store: SqlStore) -> None:
    await store.run(lambda tx: tx.set_duty("tags", THIRD))
    assert await store.run(lambda tx: tx.next_due()) is None


async def test_what_is_over_or_waits_for_another_does_not_count(store: SqlStore) -> None:
    await store.run(lambda tx: tx.add(a_deployment(state=State.FAILED, due_at=FIRST)))
    await store.run(lambda tx: tx.post(a_post("reply", due_at=FIRST, thread_of="card:1")))
    await store.run(lambda tx: tx.post(a_post("sent", due_at=FIRST)))
    (post,) = await store.run(lambda tx: tx.posts_due(FIRST))
    await store.run(lambda tx: tx.mark_sent(post, "C0DEPLOY", "17.1"))
    assert await store.run(lambda tx: tx.next_due()) is None


async def test_after_a_clock_was_set_back_nothing_waits_for_it(
    store: SqlStore, clock: HandClock
) -> None:
    def wait(tx: Tx) -> None:
        tx.add(a_deployment(due_at=SECOND))
        tx.post(a_post("k", due_at=THIRD))
        tx.set_duty("tags", THIRD)

    await store.run(wait)
    clock.forward(hours=-1)
    await store.run(lambda tx: tx.bring_forward())
    hour_before = START - timedelta(hours=1)
    assert await store.run(lambda tx: tx.next_due()) == hour_before
    assert await store.run(lambda tx: tx.duty("tags")) == hour_before
    assert len(await store.run(lambda tx: tx.posts_due(hour_before))) == 1


@pytest.mark.parametrize(
    "wait",
    [
        lambda tx: tx.want_picture(a_picture_wish(due_at=SECOND)),
        lambda tx: tx.add_incident(an_incident(draft_due_at=SECOND)),
    ],
    ids=["picture", "post-mortem"],
)
async def test_what_was_to_be_made_is_made_when_the_clock_was_set_back(
    store: SqlStore, clock: HandClock, wait: Callable[[Tx], object]
) -> None:
    await store.run(wait)
    assert await store.run(lambda tx: tx.next_due()) == SECOND
    clock.forward(hours=-1)
    await store.run(lambda tx: tx.bring_forward())
    assert await store.run(lambda tx: tx.next_due()) == START - timedelta(hours=1)
