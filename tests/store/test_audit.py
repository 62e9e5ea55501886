"""What is in the audit trail stays there, and whoever changes it is found out."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.adapters.store import SqlStore, audit, tables
from bot.adapters.store.database import open_database
from bot.adapters.store.store import Transaction
from bot.domain.audits import Chain
from bot.domain.deployments.states import State
from bot.ports import AuditEntry, Tx
from tests.store.samples import START, HandClock, Undo, only_on_postgres

ROWS = 12


async def write(store: SqlStore, rows: int = ROWS) -> None:
    """That many audit rows, about two subjects."""

    def keep(tx: Tx) -> None:
        for number in range(rows):
            tx.audit("U0BO", "approved", f"D{number % 2}", number=number)

    await store.run(keep)


async def test_a_trail_tells_what_happened_to_a_subject(store: SqlStore, clock: HandClock) -> None:
    await store.run(lambda tx: tx.audit("U0ANA", "requested", "D1"))
    await store.run(lambda tx: tx.audit("U0ANA", "requested", "D2"))
    later = clock.forward(minutes=2)
    await store.run(lambda tx: tx.audit("U0BO", "approved", "D1", to=State.APPROVED, at=START))
    assert await store.run(lambda tx: tx.trail("D1")) == (
        AuditEntry(at=START, actor="U0ANA", action="requested", subject="D1", id=1),
        AuditEntry(
            at=later,
            actor="U0BO",
            action="approved",
            subject="D1",
            detail={"to": "approved", "at": "2024-03-26T10:00:00Z"},
            id=3,
        ),
    )


async def test_each_seal_covers_the_row_and_everything_before_it(store: SqlStore) -> None:
    await store.run(lambda tx: tx.audit("U0ANA", "requested", "D1", version="v1.2.1"))
    row = (
        '{"action":"requested","actor":"U0ANA","at":"2024-03-26T10:00:00.000000Z",'
        '"detail":{"version":"v1.2.1"},"id":1,"subject":"D1"}'
    )
    first = hashlib.sha256(f"{'0' * 64}\n{row}".encode()).hexdigest()
    assert await store.run(lambda tx: tx.seal()) == first


async def test_sealing_in_portions_makes_the_same_chain(store: SqlStore) -> None:
    await write(store)
    heads = [await store.run(lambda tx: tx.seal(limit=5)) for _ in range(4)]
    assert heads[3] is None
    assert await store.verify_audit(head=heads[0]) == {
        "ok": True,
        "rows": ROWS,
        "sealed": ROWS,
        "head": heads[2],
    }


async def test_an_empty_trail_is_in_order(store: SqlStore) -> None:
    assert await store.run(lambda tx: tx.seal()) is None
    empty = {"ok": True, "rows": 0, "sealed": 0, "head": "0" * 64}
    assert await store.verify_audit() == empty


async def test_rows_that_are_not_yet_sealed_are_in_order(store: SqlStore) -> None:
    await write(store, 2)
    head = await store.run(lambda tx: tx.seal())
    await write(store, 1)
    assert await store.verify_audit() == {"ok": True, "rows": 3, "sealed": 2, "head": head}


async def test_the_trail_is_read_by_subject_and_by_person_newest_first(store: SqlStore) -> None:
    await write(store, 4)
    await store.run(lambda tx: tx.audit("U0ANA", "requested", "D1"))

    async def ids(subject: str | None, actor: str | None, offset: int = 0) -> list[int]:
        found = await store.read(lambda tx: tx.audited(subject, actor, limit=2, offset=offset))
        return [one.id for one in found]

    assert await ids(None, None) == [5, 4]
    assert await ids(None, None, 4) == [1]
    assert await ids("D1", None) == [5, 4]
    assert await ids("D1", "U0BO") == [4, 2]
    assert await ids(None, "U0ANA") == [5]


async def test_a_look_at_the_chain_says_how_far_it_went(store: SqlStore) -> None:
    empty = Chain(checked=0, sealed_to=0, head="", is_whole=True, open=0)
    assert await store.read(lambda tx: tx.look_at_chain(5)) == empty
    await write(store)
    head = await store.run(lambda tx: tx.seal()) or ""
    await write(store, 1)
    for most, is_whole in ((ROWS, True), (ROWS - 1, False)):
        found = Chain(checked=most, sealed_to=ROWS, head=head, is_whole=is_whole, open=1)
        assert await store.read(lambda tx, most=most: tx.look_at_chain(most)) == found  # type: ignore[misc]


@pytest.mark.parametrize("table", ["audit", "audit_seals"])
@pytest.mark.parametrize("deed", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
async def test_the_database_refuses_changes(
    store: SqlStore, address: str, table: str, deed: str
) -> None:
    await write(store, 1)
    await store.run(lambda tx: tx.seal())
    column = {"audit": "actor", "audit_seals": "digest"}[table]
    statement = text(deed.format(table, column, column))
    database = open_database(address)
    with pytest.raises(DBAPIError, match="append-only"):
        await database.transact(lambda connection: connection.execute(statement))
    await database.close()


@only_on_postgres
async def test_the_database_refuses_to_empty_the_trail(store: SqlStore, address: str) -> None:
    connection = await asyncpg.connect(address)
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await connection.execute("TRUNCATE audit CASCADE")
    await connection.close()


def change(connection: Connection, row: int) -> None:
    connection.execute(text("UPDATE audit SET actor = 'U0EVE' WHERE id = :row"), {"row": row})


def change_time(connection: Connection, row: int) -> None:
    moment = datetime(2024, 3, 26, 10, 0, 0, 1, tzinfo=UTC)
    table = tables.audit
    connection.execute(table.update().where(table.c.id == row).values(at=moment))


def remove(connection: Connection, row: int) -> None:
    connection.execute(text("DELETE FROM audit WHERE id = :row"), {"row": row})


def unseal(connection: Connection, row: int) -> None:
    connection.execute(text("DELETE FROM audit_seals WHERE row_id = :row"), {"row": row})


def remove_with_seal(connection: Connection, row: int) -> None:
    unseal(connection, row)
    remove(connection, row)


def swap_with_next(connection: Connection, row: int) -> None:
    for old, new in ((row, 0), (row + 1, row), (0, row + 1)):
        statement = text("UPDATE audit SET id = :new WHERE id = :old")
        connection.execute(statement, {"old": old, "new": new})


def lift_protection(connection: Connection) -> None:
    """What somebody with all rights on the database can do first."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))  # no triggers, no keys
        return
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
        connection.execute(text(f"DROP TRIGGER {name}"))


# How each deed shows: at which row, seen from the one it was done to.
DEEDS: list[tuple[Callable[[Connection, int], None], int, str]] = [
    (change, 0, "not what was sealed"),
    (change_time, 0, "not what was sealed"),
    (remove, 0, "was removed"),
    (unseal, 0, "has no seal"),
    (remove_with_seal, 1, "not what was sealed"),
    (swap_with_next, 0, "not what was sealed"),
]


@pytest.mark.parametrize(("deed", "shift", "why"), DEEDS, ids=[deed[0].__name__ for deed in DEEDS])
async def test_tampering_is_found_at_its_row(
    store: SqlStore,
    address: str,
    deed: Callable[[Connection, int], None],
    shift: int,
    why: str,
) -> None:
    await write(store)
    await store.run(lambda tx: tx.seal())
    database = open_database(address)
    for row in range(1, ROWS):

        def tamper(connection: Connection, row: int = row) -> None:
            lift_protection(connection)
            deed(connection, row)
            found = audit.verify(connection)
            assert (found["ok"], found["row"]) == (False, row + shift)
            assert why in found["why"]
            looked = Transaction(connection, START).look_at_chain(ROWS)
            assert (looked.row, looked.why) == (found["row"], found["why"])
            newer = Transaction(connection, START).look_at_chain(1)
            assert not newer.why or found["row"] >= ROWS - 1
            raise Undo

        with pytest.raises(Undo):
            await database.transact(tamper)
    await database.close()


async def test_cutting_off_the_end_is_found_by_a_head_noted_before(
    store: SqlStore, address: str
) -> None:
    await write(store)
    head = await store.run(lambda tx: tx.seal())

    def cut(connection: Connection) -> None:
        lift_protection(connection)
        remove_with_seal(connection, ROWS)

    database = open_database(address)
    await database.transact(cut)
    await database.close()
    assert (await store.verify_audit())["ok"]
    found = await store.verify_audit(head)
    assert (found["ok"], found["row"]) == (False, ROWS - 1)


@only_on_postgres
async def test_sealing_waits_for_a_lower_id_that_is_not_committed_yet(
    store: SqlStore, address: str
) -> None:
    slow = await asyncpg.connect(address)
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute(
        "INSERT INTO audit (at, actor, action, subject, detail)"
        " VALUES (now(), 'U0ANA', 'requested', 'D1', '{}')"
    )
    await write(store, 1)
    sealing = asyncio.create_task(store.run(lambda tx: tx.seal()))
    while not await slow.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        await asyncio.sleep(0)
    await transaction.commit()
    head = await sealing
    await slow.close()
    assert await store.verify_audit() == {"ok": True, "rows": 2, "sealed": 2, "head": head}
