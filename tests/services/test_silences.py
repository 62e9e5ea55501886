"""Silence: while a system gives no answer to a step under way, the card says so."""

from __future__ import annotations

from contextvars import copy_context

import pytest

from bot.ports.silences import tell
from bot.services import outbox
from bot.services.board import Board
from bot.services.deployments import stepping
from tests.services.team import Team

pytestmark = pytest.mark.usefixtures("deploying")
WAITS = "Waiting for GitHub (no answer for more than 4 s)"


async def shown(team: Team, board: Board) -> str:
    """The card, once this bot has shown what it would show now."""
    for _ in range(3):
        stale = await team.store.read(board.stale)
        for card in board.due(stale, team.clock.now()):
            await board.show(card.deployment)
        await outbox.deliver(team.desk, await team.store.read(lambda tx: tx.posts_due(tx.now)))
    _, card_message = team.room.said["card:1"]
    return str(card_message.blocks)


@pytest.fixture
async def board(team: Team) -> Board:
    """The card is there, and may be edited again."""
    made = Board(team.desk)
    assert WAITS not in await shown(team, made)
    team.clock.forward(3)
    return made


async def looks(team: Team, board: Board, *, silent: bool = False) -> None:
    """The run is looked at when that is due, and GitHub may be silent for a while."""
    due = (await team.newest()).due_at
    assert due is not None
    team.clock.time = max(due, team.clock.now())
    with board.silences.heard(1):
        if silent:
            tell("github")
            await shown(team, board)
        await stepping.step(team.desk, 1)
    await shown(team, board)
    team.clock.forward(3)


async def test_it_stands_on_the_card_until_a_step_ends_without(team: Team, board: Board) -> None:
    with board.silences.heard(1):
        tell("github")
        tell("github")
        assert WAITS in await shown(team, board)
        team.clock.forward(60)
        assert await team.store.read(board.stale) == ()
    await looks(team, board)
    assert WAITS not in await shown(team, board)
    assert not board.silences.known


async def test_a_system_that_is_slow_with_each_step_costs_one_edit_and_not_two_a_step(
    team: Team, board: Board
) -> None:
    await looks(team, board, silent=True)
    assert WAITS in await shown(team, board)
    before = team.room.said["card:1"]
    for _ in range(5):
        await looks(team, board, silent=True)
        assert team.room.said["card:1"] is before
    await looks(team, board)
    assert WAITS not in await shown(team, board)


async def test_it_goes_with_what_the_step_found_where_the_next_one_is_far(
    team: Team, board: Board
) -> None:
    [run] = team.hub.started
    with board.silences.heard(1):
        tell("github")
        assert WAITS in await shown(team, board)
        team.clock.forward(3)
        run.ends("failure")
        await stepping.step(team.desk, 1)
        assert WAITS not in await shown(team, board)
    before = team.room.said["card:1"]
    await shown(team, board)
    assert team.room.said["card:1"] is before
    assert not board.silences.known


async def test_after_the_edit_of_another_bot_it_is_told_once_more(team: Team, board: Board) -> None:
    other = Board(team.desk)
    with board.silences.heard(1):
        tell("github")
        assert WAITS in await shown(team, board)
        await team.store.run(lambda tx: tx.mark_shown(1, 0))
        team.clock.forward(3)
        assert WAITS not in await shown(team, other)
        team.clock.forward(3)
        assert WAITS in await shown(team, board)


async def test_no_card_is_edited_sooner_for_it(team: Team, board: Board) -> None:
    with board.silences.heard(1):
        tell("slack")
        assert "Waiting for Slack (no answer" in await shown(team, board)
        team.clock.forward(2)
        tell("github")
        assert WAITS not in await shown(team, board)
        team.clock.forward(1)
        assert WAITS in await shown(team, board)


async def test_what_is_heard_after_the_step_is_not_told(team: Team, board: Board) -> None:
    with board.silences.heard(1):
        within = copy_context()
    within.run(tell, "github")
    assert not board.silences.known


async def test_nothing_of_it_is_left_after_a_restart(team: Team, board: Board) -> None:
    with board.silences.heard(1):
        tell("github")
        assert WAITS in await shown(team, board)
        team.clock.forward(60)
        restarted = Board(team.desk)
        await stepping.step(team.desk, 1)
        assert WAITS not in await shown(team, restarted)


async def test_another_bot_leaves_it_there(team: Team, board: Board) -> None:
    other = Board(team.desk)
    with board.silences.heard(1):
        tell("github")
        assert WAITS in await shown(team, board)
        team.clock.forward(60)
        assert WAITS in await shown(team, other)


async def test_a_trouble_that_stands_there_already_is_left_as_it_is(
    team: Team, board: Board
) -> None:
    team.hub.silent = {"run"}
    team.clock.forward(60)
    await stepping.step(team.desk, 1)
    before = await shown(team, board)
    assert "Waiting for GitHub (" in before
    team.clock.forward(60)
    with board.silences.heard(1):
        tell("slack")
        assert await shown(team, board) == before
    assert await shown(team, board) == before
