"""Two bots on one PostgreSQL at a rollback: a step that the one which died was sending is looked
for by the other one within half a minute, and is done once.
"""

import asyncio
from pathlib import Path

import pytest

from sandbox.holds import Hold
from sandbox.journal import Entry
from tests.postgres import Server
from tests.scenarios.test_replicas import replica
from tests.scenarios.test_targets import VERCEL, rolls_back, starts, targets
from tests.scenarios.workspace import workspace


def is_the_switch(request: Entry) -> bool:
    return request.system == "vercel" and "/rollback/" in request.path


@pytest.mark.parametrize("is_worked_off", [False, True])
async def test_what_a_dead_bot_was_sending_the_other_one_brings_to_its_end(
    tmp_path: Path, server: Server, migrated_postgres: str, is_worked_off: bool
) -> None:
    address = server.address(server.create(migrated_postgres))
    async with workspace(tmp_path, database=address, rules=targets(VERCEL)) as team:
        await team.asks_and_approves()
        await team.passes("PT2M")
        hold = team.world.hold = Hold(after=is_worked_off, of=is_the_switch)
        await rolls_back(team)
        await asyncio.wait_for(hold.reached(), 30)
        async with replica(team):
            assert team.bot is not None
            dead, team.bot = team.bot, None
            await dead.stop()
            hold.let_go()
            moves = team.world.vercel.project("app").moves
            assert len(moves) == (1 if is_worked_off else 0)
            await team.passes("PT30S")
            assert len(moves) == 1
            await team.passes("PT2M")
            assert (await team.channel())[-1].startswith("⚠️ Production rollback executed")
            assert len(moves) == 1
            assert len(await starts(team, "vercel")) == (1 if is_worked_off else 2)
