"""Three bots on one database: of what fifty people want at the same moment one thing is done, and
of what one person wants once as well, however often it arrives and wherever.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import Connection, text

from bot import config
from bot.adapters.store import SqlStore, open_store
from bot.adapters.store.database import open_database
from bot.domain.errors import Refusal
from bot.domain.grammar import DeployWish
from bot.domain.people import Role
from bot.domain.versions import Version
from bot.ports import Stale, Tx
from bot.services.deployments import decisions, requests
from tests.domain.samples import member
from tests.store.samples import HandClock, a_waiting_deployment, only_on_postgres

CONFIG = config.parse("services: {app: {repo: acme/app}}")
PEOPLE = [member(f"U{n:04}", Role.DEPLOYER, Role.APPROVER) for n in range(50)]
IDS = [person.slack_id for person in PEOPLE]
V121 = Version.parse("v1.2.1")


@pytest.fixture
async def bots(address: str, clock: HandClock) -> AsyncIterator[list[SqlStore]]:
    stores = [open_store(address, clock) for _ in range(3)]
    await stores[0].run(lambda tx: tx.keep_people([(one, one.slack_id) for one in PEOPLE]))
    yield stores
    for store in stores:
        await store.close()


async def at_once(
    bots: list[SqlStore], people: list[str], deed: Callable[[Tx, str], object]
) -> Counter[str]:
    """Everybody does it at the same moment, each at one of the bots: what came of it, how often."""

    async def does(bot: SqlStore, who: str) -> str:
        while True:
            try:
                return str(await bot.run(lambda tx: deed(tx, who)) is not None)
            except Refusal as no:
                return no.code
            except Stale:
                continue

    ways = (does(bots[n % len(bots)], who) for n, who in enumerate(people))
    return Counter(await asyncio.gather(*ways))


@only_on_postgres
async def test_of_fifty_requests_one_is_taken(bots: list[SqlStore]) -> None:
    assert V121 is not None
    wish = DeployWish(version=V121, service="app", environment="production")

    came = await at_once(bots, IDS, lambda tx, who: requests.deploy(tx, CONFIG, wish, who, None))

    assert came == {"True": 1, "slot_taken": 49}
    [taken] = await bots[0].read(lambda tx: tx.unfinished())
    assert len(await bots[0].read(lambda tx: tx.trail(taken.name))) == 1


@only_on_postgres
async def test_of_fifty_approvals_one_counts(bots: list[SqlStore]) -> None:
    waiting = await bots[0].run(lambda tx: tx.add(a_waiting_deployment()))

    came = await at_once(bots, IDS, lambda tx, who: decisions.approve(tx, CONFIG, waiting.id, who))

    assert came.pop("True") == 1
    assert sum(came.values()) == 49 and len(came) == 1
    [approved] = await bots[0].read(lambda tx: tx.unfinished())
    assert len(approved.approvals) == 1


@only_on_postgres
async def test_one_request_that_arrives_fifty_times_is_taken_once(bots: list[SqlStore]) -> None:
    def take(tx: Tx, who: str) -> object:
        return True if tx.first_time("command:1.1", "command", who) else None

    assert await at_once(bots, IDS[:1] * 50, take) == {"True": 1, "False": 49}


@only_on_postgres
async def test_a_bot_that_stops_in_the_middle_holds_up_neither_clicks_nor_for_long_the_seal(
    bots: list[SqlStore], address: str
) -> None:
    dead = await asyncpg.connect(address.replace("+asyncpg", ""))
    try:
        await dead.execute("BEGIN")
        await dead.execute(
            "INSERT INTO audit (at, actor, action, subject, detail)"
            " VALUES (now(), 'U1', 'approved', 'D1', '{}')"
        )
        with pytest.raises(Stale):
            await bots[0].run(lambda tx: tx.seal())
        async with asyncio.timeout(2):
            await bots[1].run(lambda tx: tx.audit("U2", "approved", "D2"))
        ours = open_database(address)
        assert await ours.transact(_idle_limit) == "15s"  # then the server lets go of what it holds
        await ours.close()
    finally:
        await dead.close()
    assert await bots[0].run(lambda tx: tx.seal()) is not None


def _idle_limit(connection: Connection) -> object:
    return connection.scalar(text("SHOW idle_in_transaction_session_timeout"))
