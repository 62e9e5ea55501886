"""A team around the real desk and store: people who click, a GitHub and a Slack in memory, a clock
that somebody moves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from bot import config
from bot.adapters.store import SqlStore
from bot.domain.deployments.deployments import Deployment
from bot.domain.errors import Fault, Refusal
from bot.domain.grammar import DeployWish, FreezeWish, LockWish
from bot.domain.incidents.incidents import Incident, Severity
from bot.domain.versions import Version
from bot.messages.rollbacks.rollbacks import Order
from bot.ports import Stale, Tx
from bot.services import directory
from bot.services.closures import freezes, locks
from bot.services.deployments import decisions, requests, stepping
from bot.services.desk import Desk
from bot.services.followers import followers
from bot.services.rollbacks import rollbacks
from bot.services.runs import lookouts, outside, stopping, twins
from tests.services.absent import NoMirrors, NoPainter, NoPulls, NoReleases, Quiet
from tests.services.database import Memory
from tests.services.gates import GatedHub
from tests.services.room import Room

Work = Callable[[], Awaitable[object]]
MOST_PASSES = 50
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
  api:
    repo: acme/api
    github_deployments: false
    environments: {production: {bake: PT1M, approval: {mode: github_environment}}}
  job:
    repo: acme/job
    github_deployments: false
    environments: {production: {bake: PT1M, approval: {mode: github_protection_rule}}}
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

    def forward(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Team:
    """Everything that acts, around one database."""

    config: config.Config
    clock: HandClock
    hub: GatedHub
    room: Room
    memory: Memory
    store: SqlStore
    desk: Desk = field(init=False)
    lookouts: tuple[lookouts.Lookout, ...] = field(init=False)
    resting: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk = self._desk()
        self.lookouts = lookouts.lookouts(self.config)

    @classmethod
    def of(
        cls, migrated: Path, on_dispatch: Callable[..., Awaitable[int]], *, followed: bool = False
    ) -> Team:
        """A team on a copy of a migrated database; `followed` if all that follows is wanted,
        and not just that twins are looked at."""
        clock = HandClock()
        hub = GatedHub(clock=clock, on_dispatch=on_dispatch)
        hub.gates = {"acme/api": "people", "acme/job": "rule"}
        hub.set_up("acme/app", guarded=True)
        hub.set_up("acme/web", guarded=False)
        hub.set_up("acme/api", guarded=True)
        hub.set_up("acme/job", guarded=True)
        room = Room(groups={name: set(who) for name, who in ROLES.items()})
        loaded = _config()
        told = followers(loaded) if followed else (partial(twins.follow, loaded),)
        memory = Memory(migrated)
        return cls(loaded, clock, hub, room, memory, SqlStore(memory, clock, told))

    def _desk(self) -> Desk:
        return Desk(
            store=self.store,
            clock=self.clock,
            github=self.hub,
            releases=NoReleases(),
            pulls=NoPulls(),
            mirrors=NoMirrors(),
            chat=self.room,
            probes=Quiet(),
            painter=NoPainter(),
            config=self.config,
            wake=lambda: None,
        )

    async def reopen(self) -> None:
        """The bot was killed, and starts again on what is kept."""
        self.resting.clear()
        await self.store.run(lambda tx: tx.release_dispatching())

    async def works(self) -> None:
        """The bot takes every step that is due, until none is: what the tick does, but for cards
        and messages.
        """
        for _ in range(MOST_PASSES):
            due = await self._due()
            if not due:
                return
            await asyncio.gather(*map(_done, due))
        raise AssertionError("the bot does not come to rest")

    async def _due(self) -> list[Work]:
        """What is to be done now."""

        def read(tx: Tx) -> tuple[Sequence[int], ...]:
            return tx.due(tx.now), tx.locks_due(tx.now), tx.twins_due(tx.now)

        now, desk = self.clock.now(), self.desk
        deployments, held, doubled = await self.store.read(read)
        due: list[Work] = [partial(stepping.step, desk, number) for number in deployments]
        due += [partial(locks.watch, desk, number) for number in held]
        due += [partial(stopping.look, desk, number) for number in doubled]
        duties: dict[str, Work] = {"directory": partial(directory.refresh, desk)}
        for lookout in self.lookouts:
            if self.hub.has_news(lookout.repo, lookout.workflow):
                duties[lookout.duty] = partial(outside.look, desk, lookout)
        for name, duty in duties.items():
            if self.resting.get(name, now) <= now:
                self.resting[name] = now + directory.REFRESH
                due.append(duty)
        return due

    async def passes(self, seconds: float) -> None:
        """Time goes on in one leap, as for a process that did not run; then the bot works."""
        self.clock.forward(seconds)
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

    async def asks(
        self, who: str, version: str, service: str = "app", **more: Any
    ) -> Refusal | None:
        parsed = Version.parse(version)
        assert parsed is not None
        wish = DeployWish(version=parsed, service=service, environment="production", **more)
        return await self.does(lambda tx: requests.deploy(tx, self.config, wish, PEOPLE[who], None))

    async def suffers(self, service: str) -> str:
        """Something there is broken, though not badly; the incident's name."""
        now = self.clock.now()
        open_one = Incident(
            service=service,
            severity=Severity.MODERATE,
            title="slow",
            impact="some pages",
            declared_by=PEOPLE["dee"],
            declared_at=now,
            started_at=now,
        )
        return (await self.store.run(lambda tx: tx.add_incident(open_one))).name

    async def approves(self, who: str, number: int) -> Refusal | None:
        return await self.does(lambda tx: decisions.approve(tx, self.config, number, PEOPLE[who]))

    async def cancels(self, who: str, number: int) -> Refusal | None:
        return await self.does(lambda tx: decisions.cancel(tx, self.config, number, PEOPLE[who]))

    async def locks(self, who: str, service: str) -> Refusal | None:
        wish = LockWish(service=service, environment="production", reason="the database moves")
        return await self.does(lambda tx: locks.lock(tx, self.config, wish, PEOPLE[who]))

    async def unlocks(self, who: str, service: str) -> Refusal | None:
        def act(tx: Tx) -> object:
            found = next(one for one in tx.locks() if one.service == service)
            return locks.open_lock(tx, self.config, found.id, PEOPLE[who], sure=True)

        return await self.does(act)

    async def lock_on(self, service: str) -> str:
        """The name of the lock that a person set there."""
        found = await self.store.read(lambda tx: tx.locks())
        return next(one.name for one in found if one.service == service and one.kind == "person")

    async def freezes(self, who: str, name: str, *, hours: float = 24) -> Refusal | None:
        end = self.clock.now() + timedelta(hours=hours)
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

    async def latest(self) -> tuple[Deployment, ...]:
        """What goes on, and the latest of what ended."""

        def read(tx: Tx) -> tuple[Deployment, ...]:
            going_on = {one.id: one for one in tx.unfinished()}
            newest = {one.id: one for one in tx.history(None, None, limit=3)}
            return tuple((newest | going_on).values())

        return await self.store.read(read)

    async def unfinished(self) -> tuple[Deployment, ...]:
        return await self.store.read(lambda tx: tx.unfinished())

    async def holder(self, service: str) -> Deployment | None:
        return await self.store.read(lambda tx: tx.holder(service, "production"))

    async def newest(self) -> Deployment:
        return (await self.all())[-1]

    async def live(self, service: str) -> str:
        """The version that runs there, as far as it is known."""
        found = await self.store.read(lambda tx: tx.live(service, "production"))
        return found.version if found else ""

    async def close(self) -> None:
        await self.store.close()


@cache
def _config() -> config.Config:
    return config.parse(CONFIG)


async def _done(work: Work) -> None:
    """Whoever was faster, and whatever did not answer, is no news; anything else is."""
    with suppress(Stale, Fault):
        await work()
