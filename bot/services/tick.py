"""Tick: one pass over what is unfinished; it starts what is due and can run twice without harm."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.config.approval import is_team
from bot.domain.errors import Fault
from bot.ports import Stale
from bot.services.board import Board
from bot.services.chores import Chores, Work
from bot.services.desk import Desk, retry_in
from bot.services.duties import Duties
from bot.services.incidents.rooms import Rooms

log = structlog.get_logger()

TURN, TURNS = 0.1, 50
"""After so many pauses of so many seconds, in each of which nothing came to its end, a step of the
shared clock no longer waits: what is under way hangs. A process that gets no time to work takes
longer for them, so that it is not what is busy that is left behind.
"""

AGENDA_LIMIT = 10.0
"""Seconds of real time for the database to say what is due."""

HALTS_AFTER = 60.0
"""Seconds of real time without a pass after which nobody can rely on what is to be done."""


@dataclass(frozen=True, slots=True)
class _Rest:
    """Between two times a subject is left alone, after so many failures in a row."""

    since: datetime
    until: datetime
    failures: int

    def goes_on(self, now: datetime) -> bool:
        """Whether it is to be left alone now; not where the clock was set back."""
        return self.since <= now < self.until


class Tick:
    """Starts the work that is due: subjects side by side, the steps of one subject in order.

    A subject whose work failed rests for a while, longer each time, and delays nobody else.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._board = Board(desk)
        self._rooms = Rooms(desk, self._board.edited)
        self._duties = Duties(desk)
        self._chores = Chores(desk, self._board, self._rooms, self._duties)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._resting: dict[str, _Rest] = {}
        self._settling = False
        self._passed_at: float | None = None

    async def once(self) -> bool:
        """Start everything that is due and not under way; whether anything was started.

        Nothing while `settle` does the same: two who ask the database cost twice.
        """
        return not self._settling and await self._start_due()

    async def _start_due(self) -> bool:
        now = asyncio.get_running_loop().time
        self._passed_at = now() if self._passed_at is None else self._passed_at
        async with asyncio.timeout(AGENDA_LIMIT):
            due = await self._chores.due()
        self._passed_at = now()
        started = [self._start(subject, work) for subject, work in due]
        return any(started)

    async def settle(self, turns: int = TURNS) -> None:
        """Work until nothing is due and nothing under way, or what is under way hangs."""
        left = turns
        self._settling = True
        try:
            while left and (await self._start_due() or self._busy):
                if self._busy:
                    ended, _ = await asyncio.wait(
                        set(self._busy.values()), timeout=TURN, return_when=asyncio.FIRST_COMPLETED
                    )
                    left = turns if ended else left - 1
        except TimeoutError:  # nobody says what is due
            left = 0
        finally:
            self._settling = False
        if not left:
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
        """Let what is under way finish for so many seconds, and seal the audit trail, if that can
        be; the rest resumes from the store.
        """
        if self._busy:
            _, late = await asyncio.wait(set(self._busy.values()), timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._guarded("audit", self._duties.seal)

    def halts(self, after: float = HALTS_AFTER) -> list[str]:
        """Why nothing that was asked for would go on."""
        passed_at, now = self._passed_at, asyncio.get_running_loop().time()
        if passed_at is None or now - passed_at < after:
            return []
        return [f"what is under way has stood still for {now - passed_at:.0f} s; see the log"]

    def warnings(self) -> list[str]:
        """What is not as configured, and keeps no command from being answered."""
        return [_lost(group, why) for group, why in self._duties.lost_groups.items()]

    def _start(self, subject: str, work: Work) -> bool:
        rest = self._resting.get(subject)
        if subject in self._busy or (rest is not None and rest.goes_on(self._desk.now())):
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
        except Exception:  # a mistake of ours about one subject must not stop the others
            self._rest(subject, None)
            log.exception("step_broke", subject=subject, reference=secrets.token_hex(4))
        finally:
            self._busy.pop(subject, None)
            self._desk.wake()

    def _rest(self, subject: str, retry_after: float | None) -> None:
        before = self._resting.get(subject)
        failures = before.failures if before else 0
        now = self._desk.now()
        self._resting[subject] = _Rest(now, now + retry_in(failures, retry_after), failures + 1)


def _lost(group: str, why: str) -> str:
    system, kind = ("GitHub", "") if is_team(group) else ("Slack", "user group ")
    if not why:
        return f"{system}: there is no {kind}{group}, so nobody holds a role by it"
    return (
        f"{system}: {kind}{group} cannot be read ({why}), so nobody deploys or approves by it; who "
        "was in it may stop, close and roll back for 24 hours"
    )
