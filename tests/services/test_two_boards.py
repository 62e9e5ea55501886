"""Two bots that edit one message at once: in the end it says what is so."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial

import pytest

from bot.domain.deployments.deployments import Deployment
from bot.domain.deployments.states import State
from bot.domain.gates.signatures import SignOff
from bot.messages.blocks import Message
from bot.messages.deployments import checklists
from bot.messages.deployments.cards import card as render
from bot.ports import Tx
from bot.services import outbox
from bot.services.board import Board, digest
from bot.services.incidents import rooms
from tests.services.room import Room
from tests.services.team import Team

pytestmark = pytest.mark.usefixtures("deploying")


@dataclass
class Crossing(Room):
    """Slack, in which the edit of a bot that began first arrives last, and whose other bot hears
    of its own edit after that; where it is `of` one message, all others are edited at once.
    """

    of: str = ""
    edits: Counter[str] = field(default_factory=Counter)
    first_began: asyncio.Event = field(default_factory=asyncio.Event)
    second_edited: asyncio.Event = field(default_factory=asyncio.Event)
    first_kept: asyncio.Event = field(default_factory=asyncio.Event)

    async def update(self, channel: str, ts: str, message: Message) -> None:
        self.edits.update(key for key, (posted, _) in self.said.items() if posted == ts)
        if self.of and self.said[self.of][0] != ts:
            await super().update(channel, ts, message)
        elif not self.first_began.is_set():
            self.first_began.set()
            await self.second_edited.wait()
            await super().update(channel, ts, message)
        elif not self.second_edited.is_set():
            await super().update(channel, ts, message)
            self.second_edited.set()
            await self.first_kept.wait()
        else:
            await super().update(channel, ts, message)


@dataclass
class Busy(Room):
    """Slack, which counts the edits of each message; while it makes one, the others go `on`."""

    edits: Counter[str] = field(default_factory=Counter)
    on: Callable[[], Awaitable[None]] | None = None

    async def update(self, channel: str, ts: str, message: Message) -> None:
        self.edits.update(key for key, (posted, _) in self.said.items() if posted == ts)
        on, self.on = self.on, None
        if on is not None:
            await on()
        await super().update(channel, ts, message)


def last(tx: Tx) -> Deployment:
    return tx.unfinished()[-1]


async def shown(team: Team) -> Message:
    """The card, once one bot has done all that is due in the channel."""
    board = Board(team.desk)
    for _ in range(4):
        for card in await team.store.read(lambda tx: tx.stale_cards()):
            await board.show(card.deployment)
        await outbox.deliver(team.desk, await team.store.read(lambda tx: tx.posts_due(tx.now)))
    _, card_message = team.room.said["card:1"]
    return card_message


async def test_an_edit_that_arrives_late_is_not_what_a_card_shows_in_the_end(team: Team) -> None:
    await shown(team)
    crossing = Crossing(groups={}, said=team.room.said)
    bots = [Board(replace(team.desk, chat=crossing)) for _ in range(2)]
    assert await team.cancels("ana", 1) is None

    late = asyncio.create_task(bots[0].show(1))
    await crossing.first_began.wait()
    team.hub.started[0].ends("cancelled")
    await team.passes(60)
    in_time = asyncio.create_task(bots[1].show(1))
    await late
    crossing.first_kept.set()
    await in_time

    ended = await team.store.read(lambda tx: tx.deployment(1))
    assert ended is not None and ended.state is State.CANCELLED
    assert await shown(team) == render(ended, team.clock.now())


@pytest.mark.parametrize("changes", ["the card", "both"])
async def test_what_stands_under_a_card_is_edited_by_nobody_unless_it_changed(
    team: Team, changes: str
) -> None:
    team.hub.red = {"110" + "a" * 37}
    assert await team.asks("ana", "v1.1.0", "web") is None
    await team.works()
    await shown(team)
    busy = Busy(groups={}, said=team.room.said)
    one, other = (Board(replace(team.desk, chat=busy)) for _ in range(2))

    async def ticks(board: Board) -> None:
        stale = await team.store.read(lambda tx: tx.stale_cards())
        for card in board.due(stale, team.clock.now()):
            await board.show(card.deployment)

    def change(tx: Tx) -> None:
        waiting = last(tx)
        red = () if changes == "both" and waiting.verdicts else waiting.verdicts
        tx.save(waiting, waiting.with_(reason=f"{waiting.reason}!", verdicts=red))

    for _ in range(5):
        await team.store.run(change)
        for _ in range(3):
            team.clock.forward(3)
            busy.on = partial(ticks, other)
            await ticks(one)

    number = (await team.newest()).id
    assert await team.store.read(lambda tx: tx.stale_cards()) == ()
    assert busy.edits[f"card:{number}"] >= 5
    assert busy.edits[f"reply:{number}:checklist"] == (changes == "both")


@pytest.mark.parametrize(("is_same", "more"), [(True, 0), (False, 1)])
async def test_an_edit_that_arrives_late_is_not_what_a_list_says_in_the_end(
    team: Team, is_same: bool, more: int
) -> None:
    team.hub.red = {"110" + "a" * 37}
    assert await team.asks("ana", "v1.1.0", "web") is None
    await team.works()
    await shown(team)
    number = (await team.newest()).id
    key = f"reply:{number}:checklist"
    crossing = Crossing(groups={}, said=team.room.said, of=key)
    bots = [Board(replace(team.desk, chat=crossing)) for _ in range(2)]

    async def signed(*items: str) -> None:
        by = tuple(SignOff(item=item, by="U0ANA", at=team.clock.now()) for item in items)
        await team.store.run(lambda tx: tx.save(last(tx), last(tx).with_(sign_offs=by)))

    await signed("on_call")
    late = asyncio.create_task(bots[0].show(number))
    await crossing.first_began.wait()
    if not is_same:
        await signed()
    in_time = asyncio.create_task(bots[1].show(number))
    await crossing.second_edited.wait()
    await late
    crossing.first_kept.set()
    await in_time

    crossing.edits.clear()
    for board in bots * 3:
        for card in await team.store.read(lambda tx: tx.stale_cards()):
            await board.show(card.deployment)
    assert await team.store.read(lambda tx: tx.stale_cards()) == ()
    assert crossing.edits[key] == more
    assert crossing.said[key][1] == checklists.reply(await team.newest())


async def test_a_card_that_another_bot_found_deleted_is_not_kept_where_it_was(team: Team) -> None:
    await shown(team)
    crossing = Crossing(groups={}, said=team.room.said)
    assert await team.cancels("ana", 1) is None
    late = asyncio.create_task(Board(replace(team.desk, chat=crossing)).show(1))
    await crossing.first_began.wait()
    await team.store.run(lambda tx: tx.lose_card(1))
    crossing.second_edited.set()
    await late
    assert await team.store.read(lambda tx: tx.card(1)) is None


@pytest.mark.parametrize("is_same", [True, False])
async def test_a_card_that_another_bot_posted_anew_stays_there_and_is_shown_once_more(
    team: Team, is_same: bool
) -> None:
    await shown(team)
    crossing = Crossing(groups={}, said=team.room.said)
    assert await team.cancels("ana", 1) is None
    late = asyncio.create_task(Board(replace(team.desk, chat=crossing)).show(1))
    await crossing.first_began.wait()

    def post_anew(tx: Tx) -> None:
        card, ending = tx.card(1), tx.deployment(1)
        assert card is not None and ending is not None
        told = digest(render(ending, tx.now)) if is_same else "of before"
        tx.lose_card(1)
        tx.keep_card(replace(card, ts="9.9", shown=told, shown_at=tx.now))

    await team.store.run(post_anew)
    crossing.second_edited.set()
    await late

    card, stale = await team.store.read(lambda tx: (tx.card(1), tx.stale_cards()))
    assert card is not None and (card.ts, card.shown) == ("9.9", "")
    assert [one.deployment for one in stale] == [1]


async def test_the_message_of_an_incident_ends_right_as_well(team: Team) -> None:
    await team.suffers("app")

    async def retitled(title: str) -> None:
        def change(tx: Tx) -> None:
            incident = tx.incident(1)
            assert incident is not None
            tx.save_incident(incident, incident.with_(title=title))

        await team.store.run(change)
        team.clock.forward(10)

    def begin(tx: Tx) -> None:
        incident = tx.incident(1)
        assert incident is not None
        rooms.furnish(tx, team.config, incident)

    await team.store.run(begin)
    for _ in range(2):  # the suspect comes into the thread of what was posted
        await outbox.deliver(team.desk, await team.store.read(lambda tx: tx.posts_due(tx.now)))
    crossing = Crossing(groups={}, said=team.room.said)
    bots = [rooms.Rooms(replace(team.desk, chat=crossing), lambda: None) for _ in range(2)]

    await retitled("slower")
    late = asyncio.create_task(bots[0].show(1))
    await crossing.first_began.wait()
    await retitled("down")
    in_time = asyncio.create_task(bots[1].show(1))
    await late
    crossing.first_kept.set()
    await in_time

    await rooms.Rooms(team.desk, lambda: None).show(1)
    _, root = team.room.said["room:1"]
    assert "down" in root.text
