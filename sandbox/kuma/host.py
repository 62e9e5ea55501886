"""The local Uptime Kuma: what its monitors saw, what its status page says, who is logged in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.events import Events
from sandbox.kuma.maintenances import Maintenances
from sandbox.kuma.posts import Posts
from sandbox.seeds import Seed

STATUSES = ("down", "up", "pending", "maintenance")
"""In the order of their numbers."""

INTERVAL = timedelta(seconds=60)
QUICK = {"default": timedelta(seconds=2)}
"""By seed: where there is no bake, a beat has to come before the end of a validation."""

MOST_BEATS = 100
LOGINS = 20
LOGINS_IN = timedelta(minutes=1)


@dataclass(frozen=True)
class Beat:
    """What a monitor saw at one moment; an important one differs from the one before."""

    at: datetime
    status: int
    msg: str = ""
    important: bool = False


class Monitor:
    """One monitor: it sees the same again every interval, until that is changed."""

    def __init__(
        self, id: int, name: str, kind: str, since: datetime, interval: timedelta = INTERVAL
    ) -> None:
        self.id = id
        self.interval = interval
        self.name = name
        self.kind = kind
        self._changes = [Beat(since, STATUSES.index("up"))]

    def see(self, beat: Beat) -> None:
        self._changes.append(beat)

    @property
    def last(self) -> Beat:
        """The newest change."""
        return self._changes[-1]

    def beats(self, now: datetime) -> list[Beat]:
        """The last of all beats, oldest first."""
        found: list[Beat] = []
        every = self.interval
        ends = [one.at for one in self._changes[1:]] + [now + timedelta(microseconds=1)]
        for change, end in zip(self._changes, ends, strict=True):
            at = max(
                change.at,
                change.at + (now - change.at) // every * every - MOST_BEATS * every,
            )
            while at < end:
                found.append(change if at == change.at else Beat(at, change.status, change.msg))
                at += every
        return found[-MOST_BEATS:]


class Kuma:
    """`listeners` are told of every notification that a monitor sends."""

    def __init__(self, clock: Clock, events: Events, seed: Seed) -> None:
        self.username = seed.secrets.kuma_username
        self.password = seed.secrets.kuma_password
        self.webhook_token = seed.secrets.kuma_webhook_token
        self.posts = Posts(clock)
        self.maintenances = Maintenances(clock)
        self.listeners: list[Callable[[Monitor, Beat], None]] = []
        self.cache: dict[str, tuple[datetime, int, object]] = {}
        self._clock = clock
        self._events = events
        self._logins: list[datetime] = []
        since = clock.now() - timedelta(days=1)
        self.monitors = [
            Monitor(number, service, "http", since, QUICK.get(seed.name, INTERVAL))
            for number, service in enumerate(seed.services, 1)
        ]
        self.heartbeat = Monitor(len(self.monitors) + 1, "bot heartbeat", "push", since)
        self.second_factor = False
        self.push_token = "localpushtoken0000000000000000ab"

    def now(self) -> datetime:
        """The present."""
        return self._clock.now()

    def shown(self) -> list[Monitor]:
        """The monitors on the status page."""
        return [*self.monitors, self.heartbeat]

    def named(self, name: str) -> Monitor | None:
        return next((one for one in self.shown() if name in (one.name, str(one.id))), None)

    def set(self, monitor: Monitor, status: str, msg: str = "") -> None:
        """A beat that differs from the last one is important: it is told, and clears the cache."""
        number = STATUSES.index(status)
        if monitor.last.status == number:
            return
        beat = Beat(self.now(), number, msg, important=True)
        monitor.see(beat)
        self.cache.clear()
        self.notify(monitor)
        self._events.publish("monitor", system="kuma")

    def notify(self, monitor: Monitor) -> None:
        """Tell the newest change (again)."""
        for listener in self.listeners:
            listener(monitor, monitor.last)

    def allows_login(self) -> bool:
        """Count a login; all users share the limit."""
        now = self.now()
        self._logins = [at for at in self._logins if now - at < LOGINS_IN]
        self._logins.append(now)
        return len(self._logins) <= LOGINS
