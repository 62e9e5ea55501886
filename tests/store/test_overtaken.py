"""Of two decisions at once the later is made on what the earlier left, also where they change
different rows: one transaction has seen how things stand, then another is done from beginning to
end, and then the first goes on.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

import pytest
from sqlalchemy import delete
from sqlalchemy.util import await_only

from bot import config
from bot.adapters.store import SqlStore, open_store, tables
from bot.adapters.store.database import open_database
from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import Kind, State
from bot.domain.deployments.validation import Validation
from bot.domain.errors import Refusal
from bot.domain.grammar import FreezeWish, LockWish
from bot.domain.incidents.detection import Beat
from bot.domain.incidents.incidents import Severity
from bot.domain.incidents.incidents import State as Stands
from bot.domain.metrics.history import Closure
from bot.domain.people import Role
from bot.domain.rollbacks.rescue import Rescue
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Fate
from bot.ports import Tx
from bot.services.closures import closures, freezes, locks
from bot.services.followers import followers
from bot.services.gates import guards
from bot.services.incidents import detecting, incident_decisions, incidents
from bot.services.incidents.incidents import Report
from bot.services.rollbacks import pins, rollbacks
from tests.domain.samples import an_incident, member
from tests.store.samples import (
    START,
    HandClock,
    a_deployment,
    a_waiting_deployment,
    only_on_postgres,
)

CONFIG = config.parse(
    """
services: {app: {repo: acme/app}, web: {repo: acme/web}}
incidents: {uptime_kuma: {monitors: {App: app}}}
"""
)
ANA, BO = "U0ANA", "U0BO"
SALE = FreezeWish(name="sale", start=START, end=START + timedelta(days=3))
PINNED = TargetStep(target="web", progress=Progress.ENDED, fate=Fate.SUCCEEDED, pinned="not live")

Operation = Callable[[Tx], Any]


@pytest.fixture
async def bots(address: str, clock: HandClock) -> AsyncIterator[list[SqlStore]]:
    stores = [open_store(address, clock, followers(CONFIG)) for _ in range(2)]
    people = [member(one, *Role) for one in (ANA, BO)]
    await stores[0].run(lambda tx: tx.keep_people([(one, one.slack_id) for one in people]))
    yield stores
    for store in stores:
        await store.close()


def looks(tx: Tx) -> object:
    """From here on PostgreSQL tells it what was so now."""
    return tx.unfinished()


async def overtaken(
    bots: list[SqlStore], late: Operation, *, by: Operation, after: Operation = looks
) -> Any:
    """What comes of the late one, or its refusal; that much it had done when it was overtaken."""
    began, done = asyncio.Event(), asyncio.Event()

    async def meanwhile() -> None:
        began.set()
        await done.wait()

    def operation(tx: Tx) -> Any:
        after(tx)
        if not began.is_set():
            await_only(meanwhile())
        return late(tx)

    running = asyncio.create_task(bots[0].run(operation))
    await began.wait()
    try:
        await bots[1].run(by)
    finally:
        done.set()
    try:
        return await running
    except Refusal as no:
        return no.code


def lock(tx: Tx) -> object:
    wish = LockWish(service="app", environment="production", reason="the database moves")
    return locks.lock(tx, CONFIG, wish, ANA)


def freeze(tx: Tx) -> object:
    return freezes.change(tx, CONFIG, SALE, ANA)


def declare(tx: Tx, severity: Severity = Severity.OUTAGE) -> list[str]:
    report = Report(service="app", severity=severity, impact="Nothing loads")
    made = incidents.declare(tx, CONFIG, report, ANA)
    return [one.name for one in incidents.beside(tx, made)]


def sees(status: Literal["down", "up"]) -> Operation:
    def hear(tx: Tx) -> None:
        seen = Beat(monitor="1", name="App", status=status, text="503", at=tx.now)
        detecting.hear(tx, CONFIG, seen)

    return hear


async def open_ones(bots: list[SqlStore]) -> list[tuple[str, list[str]]]:
    """What is open, each with its pages."""

    def read(tx: Tx) -> list[tuple[str, list[str]]]:
        return [(i.name, [page.key for page in tx.pages(i.id)]) for i in tx.open_incidents()]

    return await bots[0].read(read)


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
@pytest.mark.parametrize("severity", [Severity.OUTAGE, Severity.MINOR])
async def test_who_declares_is_told_of_what_is_opened_at_that_moment(
    bots: list[SqlStore], severity: Severity
) -> None:
    def declares(tx: Tx) -> list[str]:
        return declare(tx, severity)

    assert await overtaken(bots, declares, by=sees("down")) == ["INC-1"]
    assert await overtaken(bots, declares, by=declares) == ["INC-1", "INC-2", "INC-3"]


@only_on_postgres
async def test_a_monitor_joins_what_is_declared_at_that_moment(bots: list[SqlStore]) -> None:
    await overtaken(bots, sees("down"), by=declare)
    assert await open_ones(bots) == [("INC-1", ["incident:1"])]


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


@only_on_postgres
@pytest.mark.parametrize("is_up_first", [True, False])
async def test_a_rollback_restores_what_is_up_at_the_moment_in_which_it_ends(
    bots: list[SqlStore], clock: HandClock, is_up_first: bool
) -> None:
    await bots[0].run(
        lambda tx: tx.add(
            a_deployment(
                version="v1.2.0",
                state=State.SUCCEEDED,
                live_at=START - timedelta(minutes=30),
                settled_at=START - timedelta(minutes=20),
                healthy_at=START - timedelta(minutes=25),
            )
        )
    )
    await bots[0].run(sees("down"))
    now = clock.forward(minutes=5)
    back = await bots[0].run(
        lambda tx: tx.add(
            a_deployment(
                kind=Kind.ROLLBACK,
                version="v1.1.0",
                state=State.VALIDATING,
                rolls_back="D1",
                requested_at=now,
                live_at=now,
                healthy_at=now,
                run_id=7,
                validation=Validation(started_at=now),
            )
        )
    )
    clock.forward(minutes=1)

    def end(tx: Tx) -> None:
        tx.save(back, back.end(State.SUCCEEDED, tx.now, "succeeded", "well"))

    late, first = (end, sees("up")) if is_up_first else (sees("up"), end)
    await overtaken(bots, late, by=first)
    [incident] = await bots[0].read(lambda tx: tx.open_incidents())
    assert incident.state is Stands.RESTORED


@only_on_postgres
async def test_two_incidents_never_become_duplicates_of_each_other(bots: list[SqlStore]) -> None:
    def begin(tx: Tx) -> None:
        for monitor in ("kuma:1", "kuma:2"):
            tx.add_incident(an_incident(id=0, revision=0, source=monitor))

    await bots[0].run(begin)

    def of(incident: int, original: int) -> Operation:
        duplicate = Closure.DUPLICATE
        return lambda tx: incident_decisions.close(
            tx, CONFIG, incident, duplicate, "", ANA, original
        )

    assert await overtaken(bots, of(1, 2), by=of(2, 1)) == "original_closed"
    assert [name for name, _ in await open_ones(bots)] == ["INC-1"]
