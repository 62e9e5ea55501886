"""Settling: a step of the shared clock waits for what goes on, and for nothing that hangs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.deployments.states import State
from bot.services.tick import TURN, Tick
from tests.services.team import Team

SLOW = 6 * TURN
"""Longer than the patience below, in pauses of which each sees something end."""


async def test_what_hangs_is_left_behind_and_gone_on_with(migrated: Path) -> None:
    answered = asyncio.Event()

    async def on_dispatch(repo: str, file: str, inputs: dict[str, str]) -> int:
        await answered.wait()
        return 1

    team = Team.of(migrated, on_dispatch)
    tick = Tick(team.desk)
    await tick.settle()
    assert await team.asks("ana", "v1.1.0") is None
    await tick.settle()
    assert await team.approves("bo", 1) is None
    await tick.settle(turns=2)
    assert (await team.newest()).state is State.DISPATCHING

    answered.set()
    await tick.settle(turns=2)
    assert (await team.newest()).state is State.RUNNING
    await team.close()
