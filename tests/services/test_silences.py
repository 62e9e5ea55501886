"""Silence: while a system gives no answer to a step under way, the card says so, whichever bot
shows it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from bot.adapters.store import SqlStore
from bot.domain.deployments.states import State
from bot.messages.blocks import Message
from bot.ports import Tx, Unreachable
from bot.ports.silences import Silence, tell
from bot.services.board import Board
from bot.services.deployments import stepping
from bot.services.deployments.silences import heard, with_silence
from tests.services.database import Memory
from tests.services.hanging import hanging, is_heard, looks, said, shown, waiting
from tests.services.room import Room
from tests.services.team import Team

pytestmark = pytest.mark.usefixtures("deploying")
T = TypeVar("T")
WAITS = "Waiting for GitHub (no answer for more than 4 s)"


@dataclass
class Busy(Room):
    """Slack, which takes an edit for so long that something else happens `meanwhile`."""

    meanwhile: Callable[[], Awaitable[object]] = field(kw_only=True)
    waits: list[bool] = field(default_factory=list)

    async def update(self, channel: str, ts: str, message: Message) -> None:
        self.waits.append(WAITS in str(message.blocks))
        await self.meanwhile()
        await super().update(channel, ts, message)


@dataclass
class Full:
    """A database that has no room for a while."""

    memory: Memory
    is_full: bool = False
    lost: int = 0

    async def transact(self, work: Callable[[Connection], T], *, reads: bool = False) -> T:
        if self.is_full and not reads:
            self.lost += 1
            raise Unreachable("no room on the disk")
        return await self.memory.transact(work, reads=reads)

    async def close(self) -> None:
        pass


def change(tx: Tx) -> None:
    """Somebody changes what the card shows."""
    deployment = tx.deployment(1)
    assert deployment is not None
    tx.save(deployment, deployment.with_(reason="because of the prices"))


@pytest.fixture
async def board(team: Team) -> Board:
    """The card is there, and may be edited again."""
    made = Board(team.desk)
    assert WAITS not in await shown(team, made)
    team.clock.forward(3)
    return made


async def test_it_stands_on_the_card_until_a_step_ends_without(team: Team, board: Board) -> None:
    async with hanging(team):
        assert WAITS in await shown(team, board)
        team.clock.forward(60)
        assert await team.store.read(lambda tx: tx.stale_cards()) == ()
    assert WAITS in await shown(team, board)
    team.clock.forward(3)
    await looks(team, board)
    assert WAITS not in said(team)


async def test_what_is_heard_twice_is_kept_once(team: Team, board: Board) -> None:
    async with hanging(team):
        before = team.memory.changes
        async with heard(team.desk, 1):
            await is_heard("github")
            assert team.memory.changes == before


async def test_a_system_that_is_slow_with_each_step_costs_one_edit_and_not_two_a_step(
    team: Team, board: Board
) -> None:
    await looks(team, board, silent=True)
    assert WAITS in said(team)
    before = team.room.said["card:1"]
    for _ in range(5):
        await looks(team, board, silent=True)
        assert team.room.said["card:1"] is before
    await looks(team, board)
    assert WAITS not in said(team)


async def test_it_goes_with_what_the_step_found_where_the_next_one_is_far(
    team: Team, board: Board
) -> None:
    [run] = team.hub.started
    async with hanging(team):
        assert WAITS in await shown(team, board)
        team.clock.forward(3)
        run.ends("failure")
    assert WAITS not in await shown(team, board)
    before = team.room.said["card:1"]
    await shown(team, board)
    assert team.room.said["card:1"] is before


async def test_no_card_is_edited_sooner_for_it(team: Team, board: Board) -> None:
    async with hanging(team, "slack"), heard(team.desk, 1):
        assert "Waiting for Slack (no answer" in await shown(team, board)
        team.clock.forward(2)
        await is_heard("github")
        assert WAITS not in await shown(team, board)
        team.clock.forward(1)
        assert WAITS in await shown(team, board)


async def test_what_is_heard_while_the_card_is_edited_is_told_after_that(
    team: Team, board: Board
) -> None:
    slack = Busy(team.room.groups, said=team.room.said, meanwhile=lambda: is_heard("github"))
    await team.store.run(change)
    async with heard(team.desk, 1):
        await Board(replace(team.desk, chat=slack)).show(1)
        assert slack.waits == [False]
        team.clock.forward(3)
        assert WAITS in await shown(team, board)


async def test_what_is_heard_after_the_step_is_not_told(team: Team, board: Board) -> None:
    async with heard(team.desk, 1):
        within = copy_context()
    before = team.memory.changes
    within.run(tell, "github")
    await asyncio.sleep(0)
    assert team.memory.changes == before
    assert WAITS not in await shown(team, board)


async def test_a_step_that_breaks_leaves_nothing_of_it(team: Team, board: Board) -> None:
    with pytest.raises(ZeroDivisionError):
        async with heard(team.desk, 1):
            await is_heard("github")
            assert WAITS in await shown(team, board)
            team.clock.forward(3)
            raise ZeroDivisionError
    assert WAITS not in await shown(team, board)


async def test_nothing_is_said_of_an_answer_that_came_as_it_was_to_be_kept(
    team: Team, board: Board
) -> None:
    async with heard(team.desk, 1):
        await waiting(team)
        tell("github")
        await stepping.step(team.desk, 1)
    assert WAITS not in await shown(team, board)


async def test_a_kill_while_it_lasts_leaves_it_for_two_steps_at_most(
    team: Team, board: Board
) -> None:
    async with hanging(team) as step:
        assert WAITS in await shown(team, board)
        kept = await team.store.read(lambda tx: tx.card(1))
        assert kept is not None
        step.cancel()
    await team.store.run(lambda tx: tx.keep_card(kept))  # who is killed takes nothing back
    team.clock.forward(60)
    restarted = Board(team.desk)
    assert WAITS in await shown(team, restarted)
    for _ in range(2):
        await looks(team, restarted)
    assert WAITS not in said(team)


async def test_two_bots_say_the_same_and_edit_the_card_once_each_at_most(
    team: Team, board: Board
) -> None:
    """Slack takes an edit for so long that the other bot begins one meanwhile."""
    slack = Busy(team.room.groups, said=team.room.said, meanwhile=lambda: asyncio.sleep(0))
    bots = [Board(replace(team.desk, chat=slack)) for _ in range(2)]
    async with hanging(team):
        for _ in range(20):
            await asyncio.gather(*(shown(team, bot) for bot in bots))
            assert WAITS in said(team)
            team.clock.forward(3)
    assert slack.waits in ([True], [True, True])


async def test_it_goes_where_another_bot_takes_the_steps_from_then_on(
    team: Team, board: Board
) -> None:
    other = Board(team.desk)
    await looks(team, board, silent=True)
    assert WAITS in said(team)
    await looks(team, other, board)
    assert WAITS not in said(team)
    left = team.room.said["card:1"]
    for _ in range(3):
        await looks(team, other, board)
        assert team.room.said["card:1"] is left


async def test_a_step_that_another_bot_was_faster_with_takes_no_words_of_that_one_away(
    team: Team, board: Board
) -> None:
    async with AsyncExitStack() as late:
        await late.enter_async_context(heard(team.desk, 1))
        await is_heard("github")
        await looks(team)
        async with hanging(team):
            await late.aclose()
            assert WAITS in await shown(team, board)


async def test_a_step_goes_on_where_the_database_does_not_keep_it(team: Team, board: Board) -> None:
    database = Full(team.memory)
    [run] = team.hub.started
    run.ends("success")

    async def hangs(what: str) -> None:
        database.is_full = True
        await is_heard("github")
        database.is_full = False

    team.hub.on_call = hangs
    await waiting(team)
    await stepping.step(replace(team.desk, store=SqlStore(database, team.clock)), 1)
    assert (await team.newest()).state is State.VALIDATING
    assert database.lost
    assert WAITS not in await shown(team, board)


async def test_a_trouble_that_stands_there_already_is_left_as_it_is(
    team: Team, board: Board
) -> None:
    team.hub.silent = {"run"}
    team.clock.forward(60)
    await stepping.step(team.desk, 1)
    before = await shown(team, board)
    assert "Waiting for GitHub (" in before
    team.clock.forward(60)
    async with heard(team.desk, 1):
        await is_heard("slack")
        assert await shown(team, board) == before
    assert await shown(team, board) == before
    team.hub.silent = set()
    async with heard(team.desk, 1):
        await is_heard("slack")
        await looks(team)
    assert "Waiting for" not in await shown(team, board)


@pytest.mark.parametrize(
    ("saved", "seconds", "is_told"),
    [
        (0, 600, True),
        (0, None, True),
        (1, 30, True),
        (1, 31, False),
        (1, None, False),
        (2, 0, False),
    ],
)
async def test_it_is_told_until_the_next_step_that_follows_soon(
    team: Team, saved: int, seconds: int | None, is_told: bool
) -> None:
    running, now = await team.newest(), team.clock.now()
    due = None if seconds is None else now + timedelta(seconds=seconds)
    silence = Silence("github", running.revision)
    later = replace(running, revision=running.revision + saved, due_at=due)
    assert (with_silence(later, silence, now).waiting_for == WAITS) is is_told
