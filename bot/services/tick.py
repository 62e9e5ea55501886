"""Tick: one pass over what is unfinished; it starts what is due and can run twice without harm."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot.config.approval import is_team
from bot.domain.deployments import Deployment
from bot.domain.errors import Fault
from bot.ports import Card, Post, Room, Stale, Tx
from bot.services import (
    homes,
    locks,
    maintenance,
    mirroring,
    paging,
    pictures,
    postmortems,
    promising,
    publishing,
    releases,
)
from bot.services.board import Board
from bot.services.desk import Desk, retry_in
from bot.services.duties import Duties
from bot.services.outbox import deliver
from bot.services.rooms import Rooms
from bot.services.stepping import step

log = structlog.get_logger()

SETTLE_LIMIT = 5.0
"""Seconds of real time after which a step of the shared clock no longer waits for slow work."""

AGENDA_LIMIT = 10.0
"""Seconds of real time for the database to say what is due."""

Work = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What is due at one time."""

    deployments: tuple[int, ...]
    posts: tuple[Post, ...]
    cards: tuple[tuple[Deployment, Card | None], ...]
    duties: tuple[str, ...]
    locks: tuple[int, ...]
    incidents: tuple[int, ...]
    postmortems: tuple[int, ...]
    rooms: tuple[Room, ...]
    drafts: Sequence[int]
    pages: tuple[int, ...]
    status_posts: tuple[int, ...]
    maintenances_over: tuple[int, ...]
    mirrors: Sequence[int]
    homes: Sequence[str]
    pictures: Sequence[int]
    has_unsealed: bool


class Tick:
    """Starts the work that is due: subjects side by side, the steps of one subject in order.

    A subject whose work failed rests for a while, longer each time, and delays nobody else.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._board = Board(desk)
        self._rooms = Rooms(desk, self._board.edited)
        self._duties = Duties(desk)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._resting: dict[str, tuple[datetime, int]] = {}

    async def once(self) -> bool:
        """Start everything that is due and not under way; whether anything was started."""
        async with asyncio.timeout(AGENDA_LIMIT):
            agenda = await self._desk.store.read(self._read_agenda)
        started = [self._start(subject, work) for subject, work in self._work(agenda)]
        return any(started)

    async def settle(self) -> None:
        """Work until nothing is due and nothing is under way, or the time limit is reached."""
        try:
            async with asyncio.timeout(SETTLE_LIMIT):
                while await self.once() or self._busy:
                    if self._busy:
                        await asyncio.wait(
                            set(self._busy.values()), return_when=asyncio.FIRST_COMPLETED
                        )
        except TimeoutError:
            log.info("still_busy", subjects=sorted(self._busy))

    async def next_due(self) -> datetime | None:
        """The earliest time after now at which something has to be done."""

        stored, cards, rooms = await self._desk.store.read(
            lambda tx: (tx.next_due(), tx.stale_cards(), tx.stale_rooms())
        )
        shown = (self._board.next_due(cards), self._rooms.next_due(rooms, self._desk.now()))
        due = min((due for due in (stored, *shown) if due), default=None)
        return max(due, self._desk.now() + timedelta(milliseconds=500)) if due else None

    async def stop(self, grace: float) -> None:
        """Let what is under way finish for so many seconds; the rest resumes from the store."""
        if not self._busy:
            return
        _, late = await asyncio.wait(set(self._busy.values()), timeout=grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def warnings(self) -> list[str]:
        """What is not as configured, and keeps no command from being answered."""
        return [
            f"{_whose(group)} {group}, so nobody holds a role by it"
            for group in self._duties.lost_groups
        ]

    def _read_agenda(self, tx: Tx) -> Agenda:
        return Agenda(
            deployments=tx.due(tx.now),
            posts=tx.posts_due(tx.now),
            cards=tx.stale_cards(),
            duties=self._duties.due(tx),
            locks=tx.locks_due(tx.now),
            incidents=tx.incidents_due(tx.now),
            postmortems=tx.drafts_due(tx.now),
            rooms=tx.stale_rooms(),
            drafts=tx.release_drafts_due(tx.now),
            pages=tx.pages_due(tx.now),
            status_posts=tx.status_posts_due(tx.now),
            maintenances_over=tx.maintenances_over(),
            mirrors=mirroring.due(self._desk, tx.mirrors_open(tx.now)),
            homes=tx.homes_due(tx.now),
            pictures=tx.pictures_due(tx.now),
            has_unsealed=tx.has_unsealed(),
        )

    def _work(self, agenda: Agenda) -> list[tuple[str, Work]]:
        now = self._desk.now()
        places: dict[str, list[Post]] = {}
        for post in agenda.posts:
            places.setdefault(f"posts:{post.channel}:{post.user or ''}", []).append(post)
        work: list[tuple[str, Work]] = [
            (f"deployment:{i}", partial(step, self._desk, i)) for i in agenda.deployments
        ]
        work += [
            (f"card:{d.id}", partial(self._board.show, d.id))
            for d in self._board.due(agenda.cards, now)
        ]
        work += [
            (place, partial(deliver, self._desk, tuple(posts))) for place, posts in places.items()
        ]
        work += [
            (f"incident:{i}", partial(promising.look_after, self._desk, i))
            for i in agenda.incidents
        ]
        work += [(f"page:{i}", partial(paging.work_off, self._desk, i)) for i in agenda.pages]
        work += [
            (f"public:{i}", partial(publishing.work_off, self._desk, i))
            for i in agenda.status_posts
        ]
        work += [
            (f"maintenance:{i}", partial(maintenance.end, self._desk, i))
            for i in agenda.maintenances_over
        ]
        work += [
            (f"postmortem:{i}", partial(postmortems.draft, self._desk, i))
            for i in agenda.postmortems
        ]
        work += [
            (f"room:{i}", partial(self._rooms.show, i)) for i in self._rooms.due(agenda.rooms, now)
        ]
        work += [(f"duty:{name}", partial(self._duties.do, name)) for name in agenda.duties]
        work += [(f"lock:{i}", partial(locks.watch, self._desk, i)) for i in agenda.locks]
        work += [(f"mirror:{i}", partial(mirroring.mirror, self._desk, i)) for i in agenda.mirrors]
        work += [(f"draft:{i}", partial(releases.step, self._desk, i)) for i in agenda.drafts]
        work += [(f"home:{who}", partial(homes.show, self._desk, who)) for who in agenda.homes]
        work += [(f"picture:{i}", partial(pictures.draw, self._desk, i)) for i in agenda.pictures]
        if agenda.has_unsealed:
            work.append(("audit", self._duties.seal))
        return work

    def _start(self, subject: str, work: Work) -> bool:
        until, _ = self._resting.get(subject, (None, 0))
        if subject in self._busy or (until is not None and self._desk.now() < until):
            return False
        self._busy[subject] = asyncio.create_task(self._guarded(subject, work), name=subject)
        return True

    async def _guarded(self, subject: str, work: Work) -> None:
        """One piece of work; whatever goes wrong in it must not stop the others."""
        try:
            await work()
            self._resting.pop(subject, None)
        except Stale:
            log.info("changed_meanwhile", subject=subject)
        except Fault as fault:
            self._rest(subject, fault.retry_after)
            log.warning("fault", subject=subject, system=fault.system, error=fault.text)
        except Exception:
            self._rest(subject, None)
            log.exception("step_broke", subject=subject, reference=secrets.token_hex(4))
        finally:
            self._busy.pop(subject, None)
            self._desk.wake()

    def _rest(self, subject: str, retry_after: float | None) -> None:
        _, failures = self._resting.get(subject, (None, 0))
        self._resting[subject] = (self._desk.now() + retry_in(failures, retry_after), failures + 1)


def _whose(group: str) -> str:
    return "GitHub: there is no" if is_team(group) else "Slack: there is no user group"
