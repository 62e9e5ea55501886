"""A database with all tables, to copy from; in memory where the system has such a folder."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.store import upgrade

MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def migrated() -> Iterator[Path]:
    """A folder with a migrated database in it; it goes away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="gonogo-", dir=MEMORY if MEMORY.is_dir() else None))
    asyncio.run(upgrade(f"sqlite:///{folder / 'gonogo.db'}"))
    yield folder
    shutil.rmtree(folder)
