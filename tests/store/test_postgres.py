"""PostgreSQL: a server that hangs or starts anew holds up nobody for ever."""

import asyncio

import pytest
from sqlalchemy import Connection, text

from bot.adapters.store import Unreachable
from bot.adapters.store.database import open_database
from bot.adapters.store.postgres import PostgresDatabase
from tests.store.samples import only_on_postgres

pytestmark = only_on_postgres


def sleep(connection: Connection) -> None:
    connection.execute(text("SELECT pg_sleep(1)"))


async def test_a_statement_that_takes_too_long_is_given_up(address: str) -> None:
    database = open_database(address, answers_within=0.5)
    with pytest.raises(TimeoutError):
        await database.transact(sleep)
    await database.close()

    patient = open_database(address, answers_within=None)
    await patient.transact(sleep)
    await patient.close()


async def test_a_server_that_never_answers_is_unreachable(kind: str) -> None:
    silence = asyncio.Event()

    async def says_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silence.wait()
        writer.close()

    server = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    address = f"postgresql://gonogo@127.0.0.1:{port}/gonogo?sslmode=disable"
    database = PostgresDatabase(address, connects_within=0.1)
    with pytest.raises(Unreachable):
        await database.transact(sleep)
    await database.close()
    silence.set()
    server.close()
    await server.wait_closed()


def answer(connection: Connection) -> object:
    return connection.scalar(text("SELECT 42"))


def cut(connection: Connection) -> None:
    connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def cut_others(connection: Connection) -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    connection.execute(text(f"{others} AND datname = current_database()"))


@pytest.mark.parametrize("code", ["53100", "57014"])  # disk full, cancelled
async def test_what_the_server_cannot_do_now_is_told_apart_from_what_it_never_will(
    address: str, code: str
) -> None:
    database = open_database(address)
    says = text(f"DO $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '{code}'; END $$")
    with pytest.raises(Unreachable, match="not now"):
        await database.transact(lambda connection: connection.execute(says))
    assert await database.transact(answer) == 42
    await database.close()


async def test_after_a_restart_of_the_server_it_goes_on(address: str) -> None:
    database, admin = open_database(address), open_database(address)
    assert await database.transact(answer) == 42
    await admin.transact(cut_others)
    assert await database.transact(answer) == 42
    await database.close()
    await admin.close()


async def test_a_transaction_that_was_cut_off_is_not_called_off(address: str) -> None:
    database = open_database(address)
    with pytest.raises(TimeoutError):
        await database.transact(cut)
    assert await database.transact(answer) == 42
    await database.close()


async def test_what_was_cut_off_before_its_end_is_done_once_more(address: str) -> None:
    """Nothing of it can have been kept."""
    database, runs = open_database(address), []

    def work(connection: Connection) -> object:
        runs.append(connection.scalar(text("SELECT pg_backend_pid()")))
        if len(runs) == 1:
            cut(connection)
        return answer(connection)

    assert await database.transact(work) == 42
    assert len(set(runs)) == 2
    await database.close()


async def test_nobody_asks_first_whether_the_server_is_there(address: str) -> None:
    """That would be three of the six round trips of one question; prepared ones are not logged."""
    database, asked = open_database(address), []
    await database.transact(answer)

    def count(connection: Connection) -> object:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.add_query_logger(lambda record: asked.append(record.query))
        return answer(connection)

    await database.transact(count)
    asked.clear()
    await database.transact(answer)
    assert [query.split()[0] for query in asked] == ["BEGIN", "COMMIT;"]
    await database.close()
