"""Overtaking: one transaction has seen how things stand, then another is done from beginning to
end, and then the first goes on.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any, Literal

import pytest
from sqlalchemy.util import await_only

from bot import config
from bot.adapters.store import SqlStore, open_store
from bot.domain.errors import Refusal
from bot.domain.grammar import FreezeWish, LockWish
from bot.domain.incidents.detection import Beat
from bot.domain.incidents.incidents import Severity
from bot.domain.people import Role
from bot.domain.rollbacks.target_steps import Progress, TargetStep
from bot.domain.rollbacks.targets import Fate
from bot.ports import Tx
from bot.services.closures import freezes, locks
from bot.services.followers import followers
from bot.services.incidents import detecting, incidents
from bot.services.incidents.incidents import Report
from tests.domain.samples import member
from tests.store.samples import (
    START,
    HandClock,
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
