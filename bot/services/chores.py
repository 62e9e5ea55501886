"""Chores: the table of everything that a tick works off, and how each kind is read and done."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from bot.ports import Chore, Post, Room, StaleCard, Tx
from bot.services.board import Board
from bot.services.closures import locks
from bot.services.deployments import annotating, inspecting
from bot.services.deployments.stepping import step
from bot.services.desk import Desk
from bot.services.duties import Duties
from bot.services.incidents import channels, maintenance, paging, postmortems, promising, publishing
from bot.services.incidents.rooms import Rooms
from bot.services.knowing import homes, pictures
from bot.services.outbox import deliver
from bot.services.releases import releases
from bot.services.rollbacks import remedying
from bot.services.runs import mirroring, stopping

Work = Callable[[], Awaitable[None]]
Plan = list[tuple[str, Work]]
"""Pieces of work, each under the name of its subject."""

UNREADABLE = (ValueError, LookupError, TypeError)
"""What a row raises that another version of gonogo wrote; a database that fails raises others."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of work is read within a transaction, and then planned."""

    read: Callable[[Tx], Any]
    plan: Callable[[Any], Plan]


class Chores:
    """What is due at a time. A new kind of work is one more line here and one in the store."""

    def __init__(self, desk: Desk, board: Board, rooms: Rooms, duties: Duties) -> None:
        self._desk = desk
        self._board = board
        self._rooms = rooms
        self._duties = duties
        each = self._each
        self._kinds: dict[Chore, _Kind] = {
            Chore.DEPLOYMENTS: _Kind(lambda tx: tx.due(tx.now), each("deployment", step)),
            Chore.CARDS: _Kind(lambda tx: tx.stale_cards(), self._cards),
            Chore.POSTS: _Kind(lambda tx: tx.posts_due(tx.now), self._posts),
            Chore.INCIDENTS: _Kind(
                lambda tx: tx.incidents_due(tx.now), each("incident", promising.look_after)
            ),
            Chore.PAGES: _Kind(lambda tx: tx.pages_due(tx.now), each("page", paging.work_off)),
            Chore.STATUS_POSTS: _Kind(
                lambda tx: tx.status_posts_due(tx.now), each("public", publishing.work_off)
            ),
            Chore.OWN_CHANNELS: _Kind(
                lambda tx: tx.own_channels_due(tx.now), each("channel", channels.step)
            ),
            Chore.MAINTENANCES: _Kind(
                lambda tx: tx.maintenances_over(), each("maintenance", maintenance.end)
            ),
            Chore.POSTMORTEMS: _Kind(
                lambda tx: tx.drafts_due(tx.now), each("postmortem", postmortems.draft)
            ),
            Chore.ROOMS: _Kind(lambda tx: tx.stale_rooms(), self._stale_rooms),
            Chore.LOCKS: _Kind(lambda tx: tx.locks_due(tx.now), each("lock", locks.watch)),
            Chore.MIRRORS: _Kind(self._open_mirrors, each("mirror", mirroring.mirror)),
            Chore.TWINS: _Kind(lambda tx: tx.twins_due(tx.now), each("twins", stopping.look)),
            Chore.RELEASE_DRAFTS: _Kind(
                lambda tx: tx.release_drafts_due(tx.now), each("draft", releases.step)
            ),
            Chore.REMEDIES: _Kind(
                lambda tx: tx.remedies_due(tx.now), each("remedy", remedying.step)
            ),
            Chore.INSPECTIONS: _Kind(
                lambda tx: tx.inspections_due(tx.now), each("inspection", inspecting.step)
            ),
            Chore.ANNOTATIONS: _Kind(lambda tx: tx.annotations_due(tx.now), self._annotations),
            Chore.HOMES: _Kind(lambda tx: tx.homes_due(tx.now), each("home", homes.show)),
            Chore.PICTURES: _Kind(
                lambda tx: tx.pictures_due(tx.now), each("picture", pictures.draw)
            ),
            Chore.AUDIT: _Kind(_nothing, lambda _: [("audit", duties.seal)]),
        }

    async def due(self) -> Plan:
        """All that is due now: kinds in the order of the table, then the duties."""
        found, duties = await self._desk.store.read(self._read)
        work = [piece for kind, rows in found for piece in kind.plan(rows)]
        return work + [
            (f"duty:{name}", partial(self._duties.do, name, due)) for name, due in duties.items()
        ]

    def _read(self, tx: Tx) -> tuple[list[tuple[_Kind, Any]], dict[str, datetime | None]]:
        some = tx.chores()
        found = [self._rows(tx, chore) for chore in self._kinds if chore in some]
        return found, self._duties.due(tx)

    def _rows(self, tx: Tx, chore: Chore) -> tuple[_Kind, Any]:
        """A kind with what is due of it. A row that cannot be read holds up its own kind alone:
        all that is due of that is to say so, as seldom as of anything that fails again and again.
        """
        try:
            return self._kinds[chore], self._kinds[chore].read(tx)
        except UNREADABLE as error:
            return _Kind(_nothing, partial(_unreadable, chore)), error

    def _each(
        self, subject: str, do: Callable[[Desk, Any], Awaitable[None]]
    ) -> Callable[[Iterable[object]], Plan]:
        return lambda keys: [(f"{subject}:{key}", partial(do, self._desk, key)) for key in keys]

    def _annotations(self, due: Iterable[tuple[int, str]]) -> Plan:
        """Each place by itself: one that does not answer holds no other up."""
        return [
            (f"annotation:D{number}:{place}", partial(annotating.step, self._desk, number, place))
            for number, place in due
        ]

    def _cards(self, stale: tuple[StaleCard, ...]) -> Plan:
        numbers = [card.deployment for card in self._board.due(stale, self._desk.now())]
        return [(f"card:{number}", partial(self._board.show, number)) for number in numbers]

    def _stale_rooms(self, stale: tuple[Room, ...]) -> Plan:
        ready = self._rooms.due(stale, self._desk.now())
        return [(f"room:{i}", partial(self._rooms.show, i)) for i in ready]

    def _posts(self, posts: tuple[Post, ...]) -> Plan:
        """Those of one place go out one after the other."""
        places: dict[str, list[Post]] = {}
        for post in posts:
            places.setdefault(f"posts:{post.channel}:{post.user or ''}", []).append(post)
        return [
            (place, partial(deliver, self._desk, tuple(those))) for place, those in places.items()
        ]

    def _open_mirrors(self, tx: Tx) -> list[int]:
        return mirroring.due(self._desk, tx.mirrors_open(tx.now))


def _nothing(_: Tx) -> None:
    """Of some kinds there is nothing to read."""


def _unreadable(chore: Chore, error: Exception) -> Plan:
    async def tell() -> None:
        raise error

    return [(f"unreadable:{chore}", tell)]
