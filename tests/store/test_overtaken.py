"""What is sent, frozen or lifted while somebody decides otherwise about the same place: the later
is decided on what the earlier left, also where they change different rows.
"""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import delete

from bot.adapters.store import SqlStore, tables
from bot.adapters.store.database import open_database
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.metrics.history import Closure
from bot.domain.rollbacks.rescue import Rescue
from bot.ports import Tx
from bot.services.closures import closures, freezes
from bot.services.gates import guards
from bot.services.incidents import incident_decisions
from bot.services.rollbacks import pins, rollbacks
from tests.store.overtaking import (
    ANA,
    BO,
    CONFIG,
    PINNED,
    SALE,
    Operation,
    bots,
    declare,
    freeze,
    lock,
    looks,
    overtaken,
)
from tests.store.samples import (
    START,
    a_deployment,
    a_waiting_deployment,
    only_on_postgres,
)

__all__ = ["bots"]


@only_on_postgres
async def test_a_copy_of_the_database_without_turns_is_as_good(
    bots: list[SqlStore], address: str
) -> None:
    database = open_database(address)
    await database.transact(lambda connection: connection.execute(delete(tables.service_turns)))
    await database.close()
    waiting = await bots[0].run(lambda tx: tx.add(a_waiting_deployment()))

    def intend(tx: Tx) -> str | Deployment:
        return closures.closed(tx, CONFIG, waiting) or tx.save(waiting, waiting.with_(run_id=7))

    assert isinstance(await overtaken(bots, intend, by=lock), str)


@only_on_postgres
@pytest.mark.parametrize("close", [lock, freeze, declare])
async def test_what_is_closed_is_closed_for_an_intent_that_had_begun(
    bots: list[SqlStore], close: Operation
) -> None:
    waiting = await bots[0].run(lambda tx: tx.add(a_waiting_deployment()))

    def intend(tx: Tx) -> str | Deployment:
        return closures.closed(tx, CONFIG, waiting) or tx.save(waiting, waiting.with_(run_id=7))

    why = await overtaken(bots, intend, by=close)

    assert isinstance(why, str) and why
    assert await bots[0].read(lambda tx: tx.deployment(waiting.id)) == waiting


@only_on_postgres
async def test_no_hotfix_goes_out_for_an_incident_that_is_closed_at_that_moment(
    bots: list[SqlStore],
) -> None:
    await bots[0].run(declare)
    hotfix = a_waiting_deployment(kind=Kind.HOTFIX, for_incident="INC-1")
    waiting = await bots[0].run(lambda tx: tx.add(hotfix))

    def intend(tx: Tx) -> object:
        against = guards.objection_now(tx, CONFIG, waiting)
        return against or tx.save(waiting, waiting.with_(run_id=7))

    def close(tx: Tx) -> object:
        return incident_decisions.close(tx, CONFIG, 1, Closure.FALSE_POSITIVE, "", ANA)

    against = await overtaken(bots, intend, by=close)

    assert isinstance(against, guards.Objection)
    assert against.code == "incident_over"


@only_on_postgres
async def test_two_that_are_sent_at_once_do_not_wait_for_each_other(bots: list[SqlStore]) -> None:
    def asks(tx: Tx) -> str:
        return closures.closed(tx, CONFIG, a_waiting_deployment())

    await bots[0].run(asks)
    async with asyncio.timeout(2):
        assert await overtaken(bots, looks, by=asks, after=asks) == ()


@only_on_postgres
@pytest.mark.parametrize("service", [None, "app"])
async def test_a_freeze_of_a_name_is_set_once(bots: list[SqlStore], service: str | None) -> None:
    def freeze_web(tx: Tx) -> object:
        return freezes.change(tx, CONFIG, replace(SALE, service="web"), BO)

    def freeze_this(tx: Tx) -> object:
        return freezes.change(tx, CONFIG, replace(SALE, service=service), ANA)

    assert await overtaken(bots, freeze_web, by=freeze_this) == "name_taken"
    assert len(await bots[0].read(lambda tx: tx.freezes())) == 1


@only_on_postgres
async def test_a_wish_to_lift_a_pin_ends_with_a_rollback_of_that_moment(
    bots: list[SqlStore],
) -> None:
    def go_back(tx: Tx) -> None:
        left = tx.add(
            a_deployment(kind=Kind.ROLLBACK, state=State.SUCCEEDED, live_at=START, steps=(PINNED,))
        )
        assert left.id == 1

    def go_back_again(tx: Tx) -> object:
        wish = Rescue(version="v1.0.0", by=BO, reason="broken")
        return rollbacks.begin(tx, CONFIG, ("app", "production"), wish, takes_back="D1")

    await bots[0].run(go_back)
    refused = await overtaken(bots, lambda tx: pins.lift(tx, 1, ANA), by=go_back_again)
    assert refused == "goes_back_there"
    left = await bots[0].read(lambda tx: tx.deployment(1))
    assert left is not None and left.steps == (PINNED,)
