"""A team around the real desk and store: people who click, a GitHub and a Slack in memory, a clock
that somebody moves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from bot import config
from bot.adapters.store import SqlStore, open_store
from bot.domain.deployments import Deployment
from bot.domain.errors import Declined, NotFound, Refusal, Unanswered
from bot.domain.grammar import DeployWish, FreezeWish, LockWish
from bot.domain.people import Standing
from bot.domain.pictures import Picture, Theme
from bot.domain.validation import Probe
from bot.domain.versions import Version
from bot.messages.blocks import Message
from bot.messages.rollbacks import Order
from bot.ports import Account, Stale, Tx
from bot.services import decisions, freezes, locks, requests, rollbacks
from bot.services.desk import Desk
from bot.services.tick import Tick
from tests.services.github import Hub, NoMirrors, NoReleases

T = TypeVar("T")
START = datetime(2024, 3, 26, 10, tzinfo=UTC)
CONFIG = """
services:
  app:
    repo: acme/app
    github_deployments: false
    environments: {production: {bake: PT1M}}
  web:
    repo: acme/web
    github_deployments: false
    environments: {production: {bake: PT1M, approval: {needed: 2}}}
people:
  ana: {slack: U0ANA, github: ana-acme}
  ana2: {slack: U0ANA2, github: Ana-Acme}
  bo: {slack: U0BO, github: bo-acme}
  cy: {slack: U0CY}
  dee: {slack: U0DEE, github: dee-acme}
roles:
  deployer: [S0DEP]
  approver: [S0APP]
  admin: [dee]
"""
PEOPLE = {"ana": "U0ANA", "ana2": "U0ANA2", "bo": "U0BO", "cy": "U0CY", "dee": "U0DEE"}
ROLES = {"S0DEP": {"U0ANA", "U0BO", "U0DEE"}, "S0APP": {"U0ANA2", "U0BO", "U0CY", "U0DEE"}}


@dataclass
class HandClock:
    """A clock that somebody moves."""

    time: datetime = START

    def now(self) -> datetime:
        return self.time


@dataclass
class Room:
    """A Slack in memory; `lossy` is how many of the next posts are taken and not answered."""

    groups: dict[str, set[str]]
    gone: set[str] = field(default_factory=set)
    said: dict[str, tuple[str, Message]] = field(default_factory=dict)
    lossy: int = 0
    numbers: Any = field(default_factory=lambda: count(1))

    async def post(
        self, channel: str, message: Message, *, key: str, thread_ts: str | None = None
    ) -> tuple[str, str]:
        ts = f"{next(self.numbers)}.0"
        self.said[key] = (ts, message)
        if self.lossy:
            self.lossy -= 1
            raise Unanswered("slack", "the connection was cut")
        return channel, ts

    async def find(
        self, channel: str, key: str, since: datetime, *, thread_ts: str | None = None
    ) -> tuple[str, str] | None:
        return (channel, self.said[key][0]) if key in self.said else None

    async def update(self, channel: str, ts: str, message: Message) -> None:
        pass

    async def whisper(
        self, channel: str, user: str, message: Message, *, response_url: str | None = None
    ) -> None:
        pass

    async def permalink(self, channel: str, ts: str) -> str:
        return f"https://acme.slack.com/{channel}/{ts}"

    async def channel_id(self, name: str) -> str:
        return name

    async def account(self, slack_id: str) -> Account:
        if slack_id in self.gone:
            raise NotFound("slack", "user_not_found")
        return Account(slack_id=slack_id, name=slack_id, standing=Standing.MEMBER)

    async def group_members(self, handle: str) -> tuple[str, ...]:
        return tuple(sorted(self.groups[handle]))

    async def upload(self, name: str, content: bytes, alt: str) -> str:
        return "F0PICTURE"

    async def publish(self, user: str, view: dict[str, Any]) -> None:
        pass

    async def open_view(self, trigger_id: str, view: dict[str, Any]) -> None:
        pass


class NoPainter:
    """Nothing is there to draw with."""

    def paint(self, picture: Picture, theme: Theme) -> bytes:
        raise Declined("pictures", "not installed")


class Quiet:
    """Nobody looks at production here: what a run says has to do."""

    async def health(self, url: str) -> Probe:
        return Probe()

    async def page(self, url: str, status: int, contains: str) -> str:
        return ""


@dataclass
class Team:
    """Everything that acts, around one database; `reopen` is a start after a kill."""

    folder: Path
    config: config.Config
    clock: HandClock
    hub: Hub
    room: Room
    store: SqlStore
    tick: Tick = field(init=False)

    def __post_init__(self) -> None:
        self.tick = Tick(self.desk())

    @classmethod
    def of(cls, folder: Path, on_dispatch: Callable[..., Awaitable[None]]) -> Team:
        """A team on the migrated database in this folder."""
        clock = HandClock()
        hub = Hub(clock=clock, on_dispatch=on_dispatch)
        hub.set_up("acme/app", guarded=True)
        hub.set_up("acme/web", guarded=False)
        room = Room(groups={name: set(who) for name, who in ROLES.items()})
        loaded = config.parse(CONFIG)
        store = open_store(f"sqlite:///{folder / 'gonogo.db'}", clock)
        return cls(folder, loaded, clock, hub, room, store)

    def desk(self) -> Desk:
        """The desk of a bot that has just started."""
        return Desk(
            store=self.store,
            clock=self.clock,
            github=self.hub,
            releases=NoReleases(),
            mirrors=NoMirrors(),
            chat=self.room,
            probes=Quiet(),
            painter=NoPainter(),
            config=self.config,
            wake=lambda: None,
        )

    async def reopen(self) -> None:
        """The bot starts again on what is kept."""
        self.tick = Tick(self.desk())

        def begin(tx: Tx) -> None:
            tx.release_dispatching()
            tx.release_sending()

        await self.store.run(begin)

    async def works(self) -> None:
        """The bot does what is due, until nothing is."""
        await self.tick.settle()

    async def passes(self, seconds: float) -> None:
        """Time goes on in one leap, as for a process that did not run; then the bot works."""
        self.clock.time += timedelta(seconds=seconds)
        await self.works()

    async def does(self, act: Callable[[Tx], object]) -> Refusal | None:
        """What somebody does in Slack; the refusal, if it was one."""
        try:
            await self.store.run(act)
        except Refusal as no:
            return no
        except Stale:
            return Refusal("stale", "somebody was faster")
        return None

    async def asks(self, who: str, version: str, service: str = "app") -> Refusal | None:
        parsed = Version.parse(version)
        assert parsed is not None
        wish = DeployWish(version=parsed, service=service, environment="production")
        return await self.does(lambda tx: requests.deploy(tx, self.config, wish, PEOPLE[who], None))

    async def approves(self, who: str, number: int) -> Refusal | None:
        return await self.does(lambda tx: decisions.approve(tx, self.config, number, PEOPLE[who]))

    async def locks(self, who: str, service: str) -> Refusal | None:
        wish = LockWish(service=service, environment="production", reason="the database moves")
        return await self.does(lambda tx: locks.lock(tx, self.config, wish, PEOPLE[who]))

    async def freezes(self, who: str, name: str) -> Refusal | None:
        end = self.clock.now() + timedelta(days=1)
        wish = FreezeWish(name=name, start=self.clock.now(), end=end)
        return await self.does(lambda tx: freezes.change(tx, self.config, wish, PEOPLE[who]))

    async def rolls_back(self, who: str, service: str) -> Refusal | None:
        def act(tx: Tx) -> object:
            order, _ = rollbacks.propose(tx, self.config, PEOPLE[who], service=service)
            assert isinstance(order, Order)
            return rollbacks.carry_out(tx, self.config, order, PEOPLE[who], None)

        return await self.does(act)

    async def all(self) -> tuple[Deployment, ...]:
        """Every deployment, oldest first."""
        found = await self.store.read(lambda tx: tx.history(None, None, limit=1000))
        return tuple(reversed(found))

    async def newest(self) -> Deployment:
        return (await self.all())[-1]

    async def close(self) -> None:
        await self.tick.stop(1)
        await self.store.close()
