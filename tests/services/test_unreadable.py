"""What another version of gonogo wrote, and this one cannot read, holds nothing else up."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.domain.deployments.states import State
from bot.services.tick import Tick
from tests.services.team import Team


async def dispatched(repo: str, file: str, inputs: dict[str, str]) -> int:
    return 1


@pytest.mark.parametrize(
    "written",
    [
        "UPDATE deployments SET state = 'hibernating' WHERE id = 1",
        "UPDATE deployments SET approvals = '[7]' WHERE id = 1",
        "UPDATE outbox SET message = '7' WHERE id = (SELECT max(id) FROM outbox)",
    ],
)
async def test_everything_else_goes_on(migrated: Path, written: str) -> None:
    team = Team.of(migrated, dispatched)
    tick = Tick(team.desk)
    await tick.settle()
    assert await team.asks("ana", "v1.1.0") is None
    await tick.settle()
    assert await team.asks("ana", "v1.1.0", "web") is None
    await tick.settle()
    assert await team.approves("bo", 2) is None
    assert await team.approves("dee", 2) is None

    def write(connection: Connection) -> None:
        connection.execute(text(written))

    await team.memory.transact(write)
    await tick.settle()
    going_on = await team.store.read(lambda tx: tx.deployment(2))
    assert going_on is not None and going_on.state is State.RUNNING
    assert tick.halts() == []
    await team.close()


async def test_a_bot_that_cannot_even_say_what_is_due_is_not_ready(migrated: Path) -> None:
    team = Team.of(migrated, dispatched)
    tick = Tick(team.desk)
    await tick.once()
    assert tick.halts(after=0.5) == []
    await team.memory.transact(lambda connection: connection.execute(text("DROP TABLE duties")))
    async with asyncio.timeout(10):
        while not (told := tick.halts(after=0.5)):
            with suppress(DBAPIError):
                await tick.once()
            await asyncio.sleep(0.05)
    assert told[0].startswith("what is under way has stood still for ")
    await tick.stop(1)
    await team.close()
