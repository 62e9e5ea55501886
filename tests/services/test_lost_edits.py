"""An edit of a card whose answer was lost, or that was cut off, is brought back to what is so."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from bot.domain.errors import Unanswered
from bot.messages.blocks import Message
from bot.ports.silences import tell
from bot.services import outbox
from bot.services.board import Board
from bot.services.deployments import stepping
from tests.services.room import Room
from tests.services.team import Team

WAITS = "Waiting for GitHub ("


@dataclass
class Losing(Room):
    """Slack, which makes each edit, and whose answers may be lost."""

    loses: bool = False

    async def update(self, channel: str, ts: str, message: Message) -> None:
        await super().update(channel, ts, message)
        if self.loses:
            raise Unanswered("slack", "chat_update: no answer in time")


@pytest.fixture
def room(team: Team, deploying: None) -> Losing:
    """The channel."""
    return Losing(groups=team.room.groups, said=team.room.said)


@pytest.fixture
async def board(team: Team, room: Losing) -> Board:
    """A bot that has shown the card, and may edit it again."""
    made = Board(replace(team.desk, chat=room))
    await shown(team, made)
    team.clock.forward(30)
    await stepping.step(team.desk, 1)
    await shown(team, made)
    team.clock.forward(3)
    return made


async def shown(team: Team, board: Board) -> str:
    """The card after a bot has shown what it would show now, as far as it hears of it."""
    for _ in range(3):
        for card in board.due(await team.store.read(board.stale), team.clock.now()):
            try:
                await board.show(card.deployment)
            except Unanswered:
                continue
        await outbox.deliver(team.desk, await team.store.read(lambda tx: tx.posts_due(tx.now)))
    return str(team.room.said["card:1"][1].blocks)


async def shown_when_all_is_well(team: Team, board: Board) -> str:
    """The same, after the run was looked at twice."""
    for _ in range(2):
        team.clock.forward(30)
        with board.silences.heard(1):
            await stepping.step(team.desk, 1)
        said = await shown(team, board)
    return said


@pytest.mark.parametrize("then", ["it goes on", "restarted", "restarted before it looks"])
async def test_words_of_a_silence_go_though_nobody_heard_that_they_came(
    team: Team, room: Losing, board: Board, then: str
) -> None:
    room.loses = True
    with board.silences.heard(1):
        tell("github")
        assert WAITS in await shown(team, board)
    room.loses = False
    left = board if then == "it goes on" else Board(replace(team.desk, chat=room))
    if "before" in then:
        team.clock.forward(3)
        assert WAITS not in await shown(team, left)
    assert WAITS not in await shown_when_all_is_well(team, left)
    assert await team.store.read(left.stale) == ()


async def test_words_of_a_trouble_go_though_nobody_heard_that_they_came(
    team: Team, room: Losing, board: Board
) -> None:
    team.hub.silent, room.loses = {"run"}, True
    team.clock.forward(30)
    await stepping.step(team.desk, 1)
    assert WAITS in await shown(team, board)
    team.hub.silent, room.loses = set(), False
    assert WAITS not in await shown_when_all_is_well(team, board)
    assert await team.store.read(board.stale) == ()


async def test_a_card_that_shows_what_is_so_is_not_edited(
    team: Team, room: Losing, board: Board
) -> None:
    before = room.said["card:1"]
    room.loses = True
    await shown_when_all_is_well(team, board)
    assert room.said["card:1"] is before
    assert await team.store.read(board.stale) == ()
