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
