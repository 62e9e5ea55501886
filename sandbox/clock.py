"""The sandbox's time: runs at 1x, can be advanced together with the bot, never goes back."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from sandbox.followers import Followers

PATIENCE = 10.0  # seconds
LOOK_EVERY = 0.02  # seconds of real time
STILL_THERE = 2.0  # seconds


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Timer:
    """Something that is due at a moment; `cancel` takes it back."""

    def __init__(self, when: datetime, action: Callable[[], None]) -> None:
        self.when = when
        self._action: Callable[[], None] | None = action

    def cancel(self) -> None:
        self._action = None

    def fire(self) -> None:
        action, self._action = self._action, None
        if action:
            action()


class Clock:
    """Time shared with the bots. While an advance lasts, time stands still between its steps.

    `patience` is how many seconds of real time the bots have to work an advance off, `still_there`
    how many after its last call one is waited for before the next advance.
    """

    def __init__(
        self,
        start: datetime | None = None,
        patience: float = PATIENCE,
        still_there: float = STILL_THERE,
    ) -> None:
        self.patience = patience
        self.followers = Followers(still_there)
        self._base = (start or datetime.now(UTC)).astimezone(UTC)
        self._since = time.monotonic()
        self._held = False
        self._timers: list[tuple[datetime, int, Timer]] = []
        self._order = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None
        self._one_at_a_time = asyncio.Lock()
        self._begun = asyncio.Event()
        self._worked_off = asyncio.Event()
        self._walking: set[str] = set()
        self.is_telling: Callable[[], bool] = lambda: False
        self.number = 0  # of the present or last advance
        self.target: datetime | None = None  # of the present advance

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        if self._held:
            return self._base
        return self._base + timedelta(seconds=time.monotonic() - self._since)

    def call_at(self, when: datetime, action: Callable[[], None]) -> Timer:
        """Call `action` at `when`; during an advance in order of time, with now() exactly `when`.

        Needs a running event loop.
        """
        timer = Timer(when, action)
        heapq.heappush(self._timers, (when, next(self._order), timer))
        self._arm()
        return timer

    async def sleep(self, delay: timedelta) -> None:
        """Wait on this clock."""
        woken = asyncio.Event()
        timer = self.call_at(self.now() + delay, woken.set)
        try:
            await woken.wait()
        finally:
            timer.cancel()

    def forget_timers(self) -> None:
        """Drop everything that was due: the world that it belonged to is gone."""
        self._timers.clear()
        self._arm()

    async def advance(self, by: timedelta) -> tuple[datetime, bool]:
        """Move time by `by`; answers the new moment, and whether the bots came along in time."""
        async with self._one_at_a_time:
            alone = not await self._is_followed()
            with self._hold():
                target = self.now() + by
                try:
                    reached = alone or await self._walk_with_bots(target)
                finally:
                    # Also when nobody waits for it any more: the bot is on its way there.
                    self._move(target)
            return target, reached

    def step(self, to: datetime, who: str = "") -> datetime:
        """A bot's next due time: go there, but not past the target of the advance, nor past
        anything that it is told of on the way.
        """
        self.followers.heard(who)
        if self.target is not None:
            to = min(to, self.target)
            while self._timers and self._timers[0][0] <= to and not self.is_telling():
                self._move(self._timers[0][0])
            if not self.is_telling():
                self._move(to)
        return self.now()

    def done(self, number: int, who: str = "") -> datetime:
        """A bot has nothing left to do before the target of advance `number`."""
        self.followers.heard(who)
        if self.target is not None and number == self.number:
            self._walking.discard(who)
            if not self._walking:
                self._move(self.target)
                self._worked_off.set()
        return self.now()

    async def wait_for_advance(self, after: int, seconds: float, who: str = "") -> None:
        """A bot's long poll: returns when an advance other than `after` has begun, or in time.

        Cancelled when the bot has gone.
        """
        with self.followers.listens(who):
            if self.number == after:
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._begun.wait()
        self.followers.heard(who)

    def left(self, who: str | None = None) -> None:
        """A bot has died, or all have: an advance does not wait for them any more."""
        if who is None:
            self.followers.forget()
            self._walking.clear()
        else:
            self.followers.gone(who)
            self._walking.discard(who)
        if not self._walking:
            self._worked_off.set()

    def close(self) -> None:
        """Answer everybody who waits for an advance: there will be none."""
        self._begun.set()
        self._begun = asyncio.Event()

    async def _is_followed(self) -> bool:
        """Whether a bot listens; one that is at work is waited for."""
        while self.followers.at_work:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY)
        return bool(self.followers.listening)

    async def _walk_with_bots(self, target: datetime) -> bool:
        self.target = target
        self.number += 1
        self._walking = set(self.followers.listening)
        self._worked_off.clear()
        self._begun.set()
        self._begun = asyncio.Event()
        try:
            async with asyncio.timeout(self.patience):
                await self._worked_off.wait()
        except TimeoutError:
            return False
        finally:
            self.target = None
        return True

    @contextmanager
    def _hold(self) -> Iterator[None]:
        self._base, self._held = self.now(), True
        try:
            yield
        finally:
            self._since, self._held = time.monotonic(), False
            self._arm()

    def _move(self, to: datetime) -> None:
        while self._timers and self._timers[0][0] <= to:
            when, _, timer = heapq.heappop(self._timers)
            self._base = max(self._base, when)
            timer.fire()
        self._base = max(self._base, to)

    def _arm(self) -> None:
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        if self._timers and not self._held:
            delay = (self._timers[0][0] - self.now()).total_seconds()
            self._alarm = asyncio.get_running_loop().call_later(max(delay, 0), self._ring)

    def _ring(self) -> None:
        self._alarm = None
        try:
            while self._timers and not self._held and self._timers[0][0] <= self.now():
                heapq.heappop(self._timers)[2].fire()
        finally:
            self._arm()
