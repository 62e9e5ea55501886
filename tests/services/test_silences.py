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


async def test_it_stands_on_the_card_until_the_step_ends(team: Team, board: Board) -> None:
    with board.silences.heard(1):
        tell("github")
        tell("github")
        assert WAITS in await shown(team, board)
        team.clock.forward(60)
        assert await team.store.read(board.stale) == ()
    assert WAITS not in await shown(team, board)
    assert not board.silences.untold


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
    assert not board.silences.untold


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
