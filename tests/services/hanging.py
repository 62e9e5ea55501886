"""Hanging: a step that gets no answer for a while, and what its card says meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.ports.silences import tell
from bot.services import outbox
from bot.services.board import Board
from bot.services.deployments import stepping
from tests.services.team import Team


async def shown(team: Team, board: Board) -> str:
    """The card, once this bot has shown what it would show now."""
    for _ in range(3):
        stale = await team.store.read(lambda tx: tx.stale_cards())
        for card in board.due(stale, team.clock.now()):
            await board.show(card.deployment)
        await outbox.deliver(team.desk, await team.store.read(lambda tx: tx.posts_due(tx.now)))
    return said(team)


def said(team: Team) -> str:
    _, card_message = team.room.said["card:1"]
    return str(card_message.blocks)


async def is_heard(system: str) -> None:
    """A system is silent, and what follows from that has begun."""
    tell(system)
    await asyncio.sleep(0)


async def waiting(team: Team) -> None:
    """Until the next step is due."""
    due = (await team.newest()).due_at
    assert due is not None
    team.clock.time = max(due, team.clock.now())


async def looks(team: Team, *boards: Board, silent: bool = False) -> None:
    """The run is looked at when that is due, and GitHub may be silent for a while."""
    await waiting(team)
    if silent:
        async with hanging(team):
            for board in boards:
                await shown(team, board)
    else:
        await stepping.step(team.desk, 1)
    for board in boards:
        await shown(team, board)
    team.clock.forward(3)


@asynccontextmanager
async def hanging(team: Team, system: str = "github") -> AsyncIterator[asyncio.Task[None]]:
    """A step that gets no answer until the end."""
    asked, answered = asyncio.Event(), asyncio.Event()

    async def hangs(what: str) -> None:
        if not asked.is_set():
            await is_heard(system)
            asked.set()
        await answered.wait()

    team.hub.on_call = hangs
    await waiting(team)
    step = asyncio.create_task(stepping.step(team.desk, 1))
    await asked.wait()
    try:
        yield step
    finally:
        team.hub.on_call = None
        answered.set()
        with suppress(asyncio.CancelledError):
            await step
