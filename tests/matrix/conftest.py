"""A desk with everybody known, on a database of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.slack.slack import SlackChat
from bot.adapters.store import open_store, upgrade
from tests.domain.samples import NOON
from tests.matrix.desk import PEOPLE, Desk


@dataclass
class _Noon:
    def now(self) -> Any:
        return NOON


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("matrix") / "gonogo.db"
    asyncio.run(upgrade(f"sqlite:///{file}"))
    return file


@pytest.fixture
async def desk(migrated: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    shutil.copy(migrated, tmp_path / "gonogo.db")
    store = open_store(f"sqlite:///{tmp_path / 'gonogo.db'}", _Noon())
    known = [(actor, who) for who, actor in PEOPLE.items() if who != "stranger"]
    await store.run(lambda tx: tx.keep_people(known))
    chat = SlackChat("xoxb-nobody", api_url="http://127.0.0.1:9/api/")
    yield Desk(store, chat)
    await chat.close()
    await store.close()
