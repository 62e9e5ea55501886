"""PostgreSQL: a server that hangs holds up nobody for ever."""

import asyncio

import pytest
from sqlalchemy import Connection, text

from bot.adapters.store import Unreachable, postgres
from bot.adapters.store.database import open_database
from tests.store.samples import only_on_postgres

pytestmark = only_on_postgres


def sleep(connection: Connection) -> None:
    connection.execute(text("SELECT pg_sleep(1)"))


async def test_a_statement_that_takes_too_long_is_given_up(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_TIMEOUT", 0.1)
    database = open_database(address)
    with pytest.raises(TimeoutError):
        await database.transact(sleep)
    assert await database.transact(lambda c: c.scalar(text("SELECT 1"))) == 1
    await database.close()


async def test_who_is_patient_waits(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_TIMEOUT", 0.1)
    database = open_database(address, patient=True)
    await database.transact(sleep)
    await database.close()


async def test_a_server_that_never_answers_is_unreachable(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "CONNECT_TIMEOUT", 0.1)
    silence = asyncio.Event()

    async def says_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silence.wait()
        writer.close()

    server = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    database = open_database(f"postgresql://gonogo@127.0.0.1:{port}/gonogo?sslmode=disable")
    with pytest.raises(Unreachable):
        await database.transact(sleep)
    await database.close()
    silence.set()
    server.close()
    await server.wait_closed()
