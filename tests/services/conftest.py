"""A database with all tables, to copy from, and a team at work."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.store import upgrade
from tests.services.team import Team


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated database."""
    file = tmp_path_factory.mktemp("migrated") / "gonogo.db"
    asyncio.run(upgrade(f"sqlite:///{file}"))
    return file


@pytest.fixture
async def team(migrated: Path) -> AsyncIterator[Team]:
    """A team at work, whose GitHub takes every dispatch and names no run."""

    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        return 0

    made = Team.of(migrated, on_dispatch)
    await made.works()
    yield made
    await made.close()


@pytest.fixture
async def deploying(team: Team) -> None:
    """v1.1.0 is being deployed."""
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    assert await team.approves("bo", 1) is None
    await team.works()
    [run] = team.hub.started
    run.status = "in_progress"
    await team.passes(10)
