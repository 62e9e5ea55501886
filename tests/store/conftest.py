"""Both databases: every test that asks for a store runs on SQLite and on PostgreSQL."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.store import SqlStore, open_store, upgrade
from tests.postgres import Server
from tests.store.samples import HandClock


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, to copy from."""
    file = tmp_path_factory.mktemp("migrated") / "gonogo.db"
    asyncio.run(upgrade(f"sqlite:///{file}"))
    return file


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path}/gonogo.db"
    server: Server = request.getfixturevalue("server")
    return server.address(server.create())


@pytest.fixture
def address(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with all tables and nothing in them."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "gonogo.db")
        return f"sqlite:///{tmp_path}/gonogo.db"
    server: Server = request.getfixturevalue("server")
    return server.address(server.create(request.getfixturevalue("migrated_postgres")))


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def store(address: str, clock: HandClock) -> AsyncIterator[SqlStore]:
    opened = open_store(address, clock)
    yield opened
    await opened.close()


@pytest.fixture
async def replica(address: str, clock: HandClock) -> AsyncIterator[SqlStore]:
    """A second bot on the same database."""
    opened = open_store(address, clock)
    yield opened
    await opened.close()
