"""Whoever comes second is told so, or works on what the first one left: never on an old picture."""

import asyncio
from collections.abc import Callable, Coroutine
from threading import Thread
from typing import Any, TypeVar

import pytest

from bot.adapters.store import SqlStore, open_store
from bot.domain.deployments.deployments import Approval, Deployment
from bot.domain.deployments.runs import Dispatch
from bot.domain.deployments.states import State
from bot.ports import Post, Stale, Tx
from tests.store.samples import (
    START,
    HandClock,
    a_card,
    a_deployment,
    a_post,
    a_waiting_deployment,
    only_on_postgres,
)

T = TypeVar("T")


def unless_held(tx: Tx) -> int | None:
    """What a command does: look whether the slot is free, then take it."""
    if tx.holder("app", "production"):
        return None
    return tx.add(a_deployment()).id


async def until_done(store: SqlStore, operation: Callable[[Tx], T]) -> T:
    """What a caller does about Stale: try again."""
    while True:
        try:
            return await store.run(operation)
        except Stale:
            continue


async def together(*work: Coroutine[Any, Any, T]) -> list[T]:
    return list(await asyncio.gather(*work))


async def test_of_twenty_requests_at_once_one_gets_the_slot(store: SqlStore) -> None:
    taken = await together(*(until_done(store, unless_held) for _ in range(20)))
    assert sum(one is not None for one in taken) == 1
    assert len(await store.run(lambda tx: tx.unfinished())) == 1


async def test_of_twenty_approvals_at_once_one_counts(store: SqlStore) -> None:
    waiting = await store.run(lambda tx: tx.add(a_waiting_deployment()))

    def approve(tx: Tx) -> bool:
        current = tx.deployment(waiting.id)
        assert current is not None
        if current.state is not State.AWAITING_APPROVAL:
            return False
        tx.save(
            current,
            current.to(State.APPROVED, tx.now, approvals=(Approval(who="U0BO", at=tx.now),)),
        )
        tx.audit("U0BO", "approved", current.name)
        return True

    assert sum(await together(*(until_done(store, approve) for _ in range(20)))) == 1
    assert len(await store.run(lambda tx: tx.trail(waiting.name))) == 1


async def test_a_request_that_comes_twenty_times_at_once_is_taken_once(store: SqlStore) -> None:
    def take(tx: Tx) -> bool:
        return tx.first_time("Ev1", "events", "U0ANA")

    assert sum(await together(*(until_done(store, take) for _ in range(20)))) == 1


@only_on_postgres
async def test_two_replicas_claim_each_post_once(store: SqlStore, replica: SqlStore) -> None:
    def write(tx: Tx) -> None:
        for number in range(5):
            tx.post(a_post(f"k{number}"))

    async def claim(bot: SqlStore, post: Post) -> bool:
        try:
            await bot.run(lambda tx: tx.mark_sending(post, START, START))
        except Stale:
            return False
        return True

    await store.run(write)
    posts = await store.run(lambda tx: tx.posts_due(START))
    claims = [claim(bot, post) for post in posts for bot in (store, replica)]
    assert sum(await together(*claims)) == len(posts)


def elsewhere(address: str, operation: Callable[[Tx], object]) -> None:
    """Another replica runs an operation in the middle of one of ours."""

    async def run() -> None:
        store = open_store(address, HandClock())
        await store.run(operation)
        await store.close()

    thread = Thread(target=lambda: asyncio.run(run()))
    thread.start()
    thread.join()


INTENT = Dispatch(before_run_id=1, attempt=1, sent_at=START, carries_id=False, guarded=False)


def send_when_alone(tx: Tx, approved: Deployment) -> bool:
    """What the tick does before a run that it could not tell from another."""
    if tx.sending(approved.repo, approved.workflow):
        return False
    tx.save(approved, approved.to(State.DISPATCHING, tx.now, dispatch=INTENT))
    return True


@only_on_postgres
async def test_two_replicas_send_one_at_a_time_to_a_workflow(store: SqlStore, address: str) -> None:
    ours = await store.run(lambda tx: tx.add(a_deployment(state=State.APPROVED)))
    theirs = a_deployment(state=State.APPROVED, environment="staging")
    theirs = await store.run(lambda tx: tx.add(theirs))
    attempts: list[bool] = []

    def send(tx: Tx) -> bool:
        tx.deployment(ours.id)
        if not attempts:
            elsewhere(address, lambda tx: send_when_alone(tx, theirs))
        attempts.append(True)
        return send_when_alone(tx, ours)

    assert not await store.run(send)
    sending = await store.run(lambda tx: tx.sending("acme/app", "release.yml"))
    assert [deployment.id for deployment in sending] == [theirs.id]


@only_on_postgres
async def test_an_operation_that_lost_a_race_runs_again_on_what_is_there_now(
    store: SqlStore, address: str
) -> None:
    waiting = await store.run(lambda tx: tx.add(a_waiting_deployment()))
    changed = waiting.with_(reason="changed")
    reasons: list[str] = []

    def show(tx: Tx) -> None:
        current = tx.deployment(waiting.id)
        assert current is not None
        reasons.append(current.reason)
        if current == waiting:
            elsewhere(address, lambda tx: tx.save(waiting, changed))
        tx.keep_card(a_card(current))

    await store.run(show)
    card = await store.run(lambda tx: tx.card(waiting.id))
    assert card == a_card(waiting, revision=1)
    assert reasons == ["", "changed"]


async def test_twelve_who_change_one_row_at_once_all_get_through(store: SqlStore) -> None:
    waiting = await store.run(lambda tx: tx.add(a_waiting_deployment()))

    def add_a_letter(tx: Tx) -> None:
        current = tx.deployment(waiting.id)
        assert current is not None
        tx.save(current, current.with_(reason=current.reason + "x"))

    await together(*(store.run(add_a_letter) for _ in range(12)))
    changed = await store.run(lambda tx: tx.deployment(waiting.id))
    assert changed is not None
    assert changed.reason == "x" * 12


@only_on_postgres
async def test_one_operation_sees_one_picture(store: SqlStore, address: str) -> None:
    holder = await store.run(lambda tx: tx.add(a_deployment()))
    cancelled = holder.end(State.CANCELLED, START, "cancelled", "")

    def look_twice(tx: Tx) -> tuple[Deployment | None, Deployment | None]:
        before = tx.holder("app", "production")
        elsewhere(address, lambda tx: tx.save(holder, cancelled))
        return before, tx.holder("app", "production")

    assert await store.run(look_twice) == (holder, holder)
    assert await store.run(lambda tx: tx.holder("app", "production")) is None


@only_on_postgres
async def test_who_wants_what_is_taken_is_told_soon(store: SqlStore) -> None:
    first = await store.run(lambda tx: tx.add(a_deployment()))
    attempts: list[int] = []

    def stubborn(tx: Tx) -> None:
        attempts.append(1)
        tx.add(a_deployment())

    with pytest.raises(Stale):
        await store.run(stubborn)
    assert len(attempts) == 10
    assert await store.run(lambda tx: tx.unfinished()) == (first,)
