"""An edit whose answer was lost, or that was cut off, is brought back to what is so."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

import pytest

from bot.domain.deployments.deployments import Deployment
from bot.domain.errors import Unanswered
from bot.domain.gates.signatures import SignOff
from bot.messages.blocks import Message
from bot.ports import StaleCard, Tx
from bot.services import outbox
from bot.services.board import Board
from bot.services.deployments import stepping
from bot.services.deployments.silences import heard
from bot.services.incidents import rooms
from tests.services.hanging import is_heard
from tests.services.room import Room
from tests.services.team import Team

CARD, LIST = "card:1", "reply:1:checklist"
COMMIT = "110" + "a" * 37
WAITS = "Waiting for GitHub ("


@dataclass
class Losing(Room):
    """Slack, which makes each edit, and `loses` the answers about one message: with an error, or as
    the bot ends.
    """

    loses: str = ""
    lost: BaseException = field(default_factory=partial(Unanswered, "slack", "no answer in time"))

    async def update(self, channel: str, ts: str, message: Message) -> None:
        await super().update(channel, ts, message)
        if self.loses and self.said[self.loses][0] == ts:
            raise self.lost


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


def stale(tx: Tx) -> tuple[StaleCard, ...]:
    return tx.stale_cards()


def waiting(tx: Tx) -> Deployment:
    return tx.unfinished()[-1]


async def shown(team: Team, board: Board) -> str:
    """The card after a bot has shown what it would show now, as far as it hears of it."""
    for _ in range(3):
        for card in board.due(await team.store.read(stale), team.clock.now()):
            try:
                await board.show(card.deployment)
            except Unanswered:
                continue
        await outbox.deliver(team.desk, await team.store.read(lambda tx: tx.posts_due(tx.now)))
    return str(team.room.said[CARD][1].blocks)


async def shown_when_all_is_well(team: Team, board: Board) -> str:
    """The same, after the run was looked at twice."""
    for _ in range(2):
        team.clock.forward(30)
        await stepping.step(team.desk, 1)
        said = await shown(team, board)
    return said


@pytest.mark.parametrize("then", ["it goes on", "restarted", "restarted before it looks"])
async def test_words_of_a_silence_go_though_nobody_heard_that_they_came(
    team: Team, room: Losing, board: Board, then: str
) -> None:
    room.loses = CARD
    async with heard(team.desk, 1):
        await is_heard("github")
        assert WAITS in await shown(team, board)
    room.loses = ""
    left = board if then == "it goes on" else Board(replace(team.desk, chat=room))
    if "before" in then:
        team.clock.forward(3)
        assert WAITS not in await shown(team, left)
    assert WAITS not in await shown_when_all_is_well(team, left)
    assert await team.store.read(stale) == ()


async def test_words_of_a_trouble_go_though_nobody_heard_that_they_came(
    team: Team, room: Losing, board: Board
) -> None:
    team.hub.silent, room.loses = {"run"}, CARD
    team.clock.forward(30)
    await stepping.step(team.desk, 1)
    assert WAITS in await shown(team, board)
    team.hub.silent, room.loses = set(), ""
    assert WAITS not in await shown_when_all_is_well(team, board)
    assert await team.store.read(stale) == ()


async def test_a_card_that_shows_what_is_so_is_not_edited(
    team: Team, room: Losing, board: Board
) -> None:
    before = room.said[CARD]
    room.loses = CARD
    await shown_when_all_is_well(team, board)
    assert room.said[CARD] is before
    assert await team.store.read(stale) == ()


async def test_the_list_under_a_card_ends_right_too(team: Team) -> None:
    room = Losing(groups=team.room.groups, said=team.room.said)
    board = Board(replace(team.desk, chat=room))
    team.hub.red = {COMMIT}
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    await shown(team, board)
    before = room.said[LIST][1]

    team.hub.silent, room.loses = {"checks"}, LIST
    await team.passes(61)
    await shown(team, board)
    assert room.said[LIST][1] != before
    team.hub.silent, room.loses = set(), ""
    await team.passes(61)
    await shown(team, board)

    assert room.said[LIST][1] == before
    assert await team.store.read(stale) == ()


@pytest.mark.parametrize("ends", [Unanswered("slack", "no answer in time"), SystemExit()])
async def test_a_list_that_changed_alone_ends_right_where_the_bot_is_started_anew(
    team: Team, ends: BaseException
) -> None:
    room = Losing(groups=team.room.groups, said=team.room.said, lost=ends)
    desk = replace(team.desk, chat=room)
    team.hub.red = {COMMIT}
    assert await team.asks("ana", "v1.1.0") is None
    await team.works()
    await shown(team, Board(desk))
    card, before = room.said[CARD], room.said[LIST][1]

    async def signed(*by: SignOff) -> None:
        await team.store.run(lambda tx: tx.save(waiting(tx), waiting(tx).with_(sign_offs=by)))
        team.clock.forward(3)

    room.loses = LIST
    await signed(SignOff(item="on_call", by="U0ANA", at=team.clock.now()))
    with suppress(SystemExit):
        await shown(team, Board(desk))
    assert room.said[LIST][1] != before
    room.loses = ""
    await signed()
    await shown(team, Board(desk))

    assert (room.said[LIST][1], room.said[CARD]) == (before, card)
    assert await team.store.read(stale) == ()


async def test_the_message_of_an_incident_ends_right_too(team: Team) -> None:
    room = Losing(groups=team.room.groups, said=team.room.said)
    await team.suffers("app")

    def titled(title: str, tx: Tx) -> None:
        incident = tx.incident(1)
        assert incident is not None
        tx.save_incident(incident, incident.with_(title=title))

    async def shown_as(title: str) -> str:
        await team.store.run(partial(titled, title))
        team.clock.forward(10)
        with suppress(Unanswered):
            await rooms.Rooms(replace(team.desk, chat=room), lambda: None).show(1)
        return room.said["room:1"][1].text

    incident = await team.store.read(lambda tx: tx.incident(1))
    assert incident is not None
    await team.store.run(lambda tx: rooms.furnish(tx, team.config, incident))
    for _ in range(2):  # the suspect comes into the thread of what was posted
        await outbox.deliver(team.desk, await team.store.read(lambda tx: tx.posts_due(tx.now)))
    room.loses = "room:1"
    assert "slower" in await shown_as("slower")
    room.loses = ""
    assert "slower" not in await shown_as(incident.title)
    assert await team.store.read(lambda tx: tx.stale_rooms()) == ()
