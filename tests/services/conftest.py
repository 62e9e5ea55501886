"""A database with all tables, to copy from."""

import asyncio
from pathlib import Path

import pytest

from bot.adapters.store import upgrade


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated database."""
    file = tmp_path_factory.mktemp("migrated") / "gonogo.db"
    asyncio.run(upgrade(f"sqlite:///{file}"))
    return file
