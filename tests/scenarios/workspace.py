"""A workspace in which people act: the sandbox over real HTTP, and the bot in this process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import aiohttp
import yaml
from aiohttp import web_app

from bot import config
from bot.app import Bot
from bot.ports import AuditEntry
from bot.settings import Settings
from sandbox import app
from sandbox.clock import Clock
from sandbox.seeds import Seed
from sandbox.world import World
from tests.scenarios.databases import database_at
from tests.scenarios.filling import confirmed

Json = dict[str, Any]
TUESDAY = datetime(2024, 3, 26, 10, 0, tzinfo=UTC)
PATIENCE = 60.0  # seconds of real time, for a busy machine and what no other clock brings about


@dataclass
class Workspace:
    """What people do and read, and what happens outside; time passes only when told (and at 1x)."""

    world: World
    control: aiohttp.ClientSession
    database: str
    changes: dict[str, str]
    rules: Json
    bot: Bot | None = None

    async def open(self) -> None:
        """Start the bot; what it kept from before is still there."""
        await database_at(self.database)
        self.bot = self.made()
        await self.bot.start()
        await self.passes("PT2S")

    def made(self, **changes: str) -> Bot:
        """A bot of this workspace, not yet started."""
        env = self.world.env() | {"DATABASE_URL": self.database, "HOST": app.HOST} | self.changes
        rules = yaml.load(self.world.seed.gonogo_yaml(self.world.base_url), yaml.CSafeLoader)
        told = yaml.dump(_merged(rules, self.rules), Dumper=yaml.CSafeDumper)
        given = {name.lower(): value for name, value in (env | changes).items() if value}
        return Bot(Settings.model_validate(given), config.parse(told))

    async def close(self) -> None:
        """Stop the bot in good order."""
        if self.bot is not None:
            await self.bot.stop()
            self.bot = None
            self.world.clock.left()

    async def post(self, call: str, **body: Any) -> Json:
        """A call of the control API that must be accepted."""
        async with self.control.post(f"/sandbox/api{call}", json=body) as answer:
            data: Json = await answer.json()
            assert answer.status == 200, data
            return data

    async def get(self, call: str, **query: str) -> Any:
        """A reading of the control API."""
        async with self.control.get(f"/sandbox/api{call}", params=query) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def asks(self, text: str = "/deploy v1.2.1") -> None:
        """Ana's request, checked: its card is there."""
        await self.types("ana", text)
        await self.passes("PT1S")

    async def asks_and_approves(self, text: str = "/deploy v1.2.1") -> None:
        """Ana's request, approved by Bo."""
        await self.asks(text)
        await self.approves("bo")

    async def approves(self, person: str) -> Json:
        """Presses Approve, and confirms whatever is asked then."""
        pressed = await self.clicks(person, "Approve")
        if pressed["modal"] is None:
            return pressed
        form = await self.get("/modal", **{"as": person})
        return await self.submits(person, **confirmed(form["blocks"]))

    async def types(self, person: str, text: str, **more: Any) -> str:
        """Types a line in #deployments; what only that person reads at once."""
        place = {"as": person, "channel": "deployments"}
        said = await self.post("/say", **{**place, "text": text, **more})
        assert said.get("error") is None, said
        return str((said["response"] or {}).get("rendered", ""))

    async def clicks(self, person: str, button: str, **more: Any) -> Json:
        """Presses a button on the newest message that has it (any, when stale)."""
        ts = more.pop("ts", None) or await self.message_with(button)
        place = {"as": person, "channel": "deployments", "ts": ts}
        return await self.post("/click", **{**place, "button": button, **more})

    async def clicks_own(self, person: str, button: str) -> Json:
        """Presses the newest button beginning so, of those that only this person is shown."""
        rows = await self._shown_alone(person)
        found = [
            (row["ts"], label)
            for row in rows
            for label in row["buttons"]
            if label.startswith(button)
        ]
        assert found, f"no {button} for {person} on any of {[row['text'] for row in rows]}"
        ts, label = found[-1]
        return await self.clicks(person, label, ts=ts)

    async def message_with(self, button: str) -> str:
        """The ts of the newest message in #deployments with that button."""
        rows = await self.messages()
        found = [row["ts"] for row in rows if button in row["buttons"]]
        assert found, f"no {button} on any of {[row['text'] for row in rows]}"
        return str(found[-1])

    async def submits(self, person: str, **values: Any) -> Json:
        """Fills and sends the open form."""
        return await self.post("/submit", **{"as": person, "values": values})

    async def messages(self, channel: str = "deployments", **query: str) -> list[Json]:
        """Messages as the API tells them."""
        rows: list[Json] = (await self.get("/messages", channel=channel, **query))["messages"]
        return rows

    async def channel(self) -> list[str]:
        """What everybody reads at the top level of #deployments."""
        return [row["rendered"] for row in await self.messages()]

    async def card(self) -> str:
        """The oldest top-level message: the card of the first deployment."""
        return (await self.channel())[0]

    async def state(self) -> str:
        """The line of the first card that says how it stands."""
        return (await self.card()).splitlines()[1]

    async def shows(self, text: str) -> bool:
        """Whether the first card says so."""
        return text in await self.card()

    async def steps(self) -> list[str]:
        """Every state that Slack was told about the first card, in order."""
        sent = await self.sent("/chat.postMessage", "/chat.update")
        head = next(row["text"].partition(": ")[0] for row in sent if "→" in row["text"])
        told = [row["text"].partition(": ")[2] for row in sent if row["text"].startswith(head)]
        return [word for i, word in enumerate(told) if word not in told[:i]]

    async def sent(self, *methods: str) -> list[Json]:
        """What the bot sent to these methods of Slack, from the journal."""
        rows: list[Json] = (await self.get("/journal", system="slack"))["journal"]
        return [row["body"] for row in rows if row["path"] in methods]

    async def letters(self, person: str) -> list[str]:
        """The direct messages of the bot to a person, oldest first."""
        return [row["rendered"] for row in await self.messages(f"@{person}")]

    async def thread(self) -> list[str]:
        """The replies below the first card."""
        ts = (await self.messages())[0]["ts"]
        return [row["rendered"] for row in (await self.messages(thread_ts=ts))[1:]]

    async def checklist(self) -> Json:
        """The list below the first card."""
        ts = (await self.messages())[0]["ts"]
        replies = await self.messages(thread_ts=ts)
        return next(row for row in replies if row["text"].startswith("Checklist"))

    async def has_card(self) -> bool:
        """Whether anything stands in the channel."""
        return bool(await self.channel())

    async def told(self, person: str) -> list[str]:
        """What only that person was shown in #deployments and its threads, oldest first."""
        return [row["rendered"] for row in await self._shown_alone(person)]

    async def _shown_alone(self, person: str) -> list[Json]:
        rows = await self.messages(**{"as": person})
        for row in [row for row in rows if row.get("reply_count")]:
            rows += (await self.messages(thread_ts=row["ts"], **{"as": person}))[1:]
        return sorted((row for row in rows if row.get("ephemeral_for")), key=lambda row: row["ts"])

    async def passes(self, duration: str) -> None:
        """Time goes on, and everybody does what falls due."""
        moved = await self.post("/clock", advance=duration)
        assert moved["reached"], "the bot did not come to rest"

    async def until(self, seen: Callable[[], Awaitable[bool]], duration: str = "PT3S") -> None:
        """Time goes on until it is seen; for faults that only real time brings to an end."""
        end = time.monotonic() + PATIENCE
        while not await seen():
            assert time.monotonic() < end, await self.channel()
            await self.post("/clock", advance=duration)
            await asyncio.sleep(0.05)

    async def dispatches(self) -> list[Json]:
        """Every request to start a run, from the journal."""
        rows: list[Json] = (await self.get("/journal", system="github", method="POST"))["journal"]
        return [row for row in rows if row["path"].endswith("/dispatches")]

    async def trail(self, subject: str) -> tuple[AuditEntry, ...]:
        """The audit trail of a deployment, or of all clicks or commands that were refused."""
        assert self.bot is not None
        return await self.bot.store.run(lambda tx: tx.trail(subject))

    async def runs_of(self, version: str) -> list[Json]:
        """The runs that were asked to bring a version, oldest first."""
        rows: list[Json] = (await self.get("/github/runs"))["runs"]
        return [row for row in reversed(rows) if row["inputs"].get("version") == version]

    async def ends_run(self, to: str, job: str | None = None) -> None:
        """Somebody or something at GitHub moves the newest run."""
        run = (await self.get("/github/runs"))["runs"][0]["id"]
        await self.post(f"/github/runs/{run}/advance", to=to, job=job)

    async def fault(self, system: str, kind: str, **more: Any) -> None:
        """Something outside goes wrong."""
        await self.post("/faults", system=system, kind=kind, **more)

    async def mends(self) -> None:
        """Everything outside works again."""
        async with self.control.delete("/sandbox/api/faults") as answer:
            assert answer.status == 200

    async def sleeps(self, duration: str) -> None:
        """Time goes on while the bot is down."""
        await self.close()
        await self.post("/clock", advance=duration)
        await self.open()

    async def reopen(self) -> None:
        """Stop and start the bot on the same store."""
        await self.close()
        await self.open()


@asynccontextmanager
async def workspace(
    folder: Path,
    *,
    seed: str = "plain",
    mode: Literal["socket", "http"] = "socket",
    at: datetime = TUESDAY,
    database: str | None = None,
    rules: Json | Callable[[World], Json] | None = None,
    begin: Callable[[World], None] | None = None,
    host: bool = False,
    **changes: str,
) -> AsyncIterator[Workspace]:
    """A world made from a seed, with the bot running in it.

    `rules` are merged into the seed's gonogo.yaml, `begin` changes the world before the bot starts,
    `host` starts the machine that is reached over SSH, `changes` are environment variables of the
    bot.
    """
    clock = Clock(at, patience=PATIENCE, still_there=PATIENCE)
    world = World(Seed.named(seed), clock, slack_mode=mode)
    if begin is not None:
        begin(world)
    runner = await app.start(world)
    address = database or f"sqlite:///{folder / 'gonogo.db'}"
    try:
        async with aiohttp.ClientSession(world.base_url) as control:
            if host:
                await world.host.start()
            told = rules(world) if callable(rules) else rules
            made = Workspace(world, control, address, changes, told or {})
            await made.open()
            try:
                yield made
            finally:
                await made.close()
    finally:
        await runner.cleanup()
        # aiohttp remembers the last thousand routes, and with them whole worlds.
        web_app._cached_build_middleware.cache_clear()


def _merged(base: Any, more: Any) -> Any:
    """Mappings are merged, anything else is replaced, and None takes it out."""
    if not isinstance(base, Mapping) or not isinstance(more, Mapping):
        return more
    changed = {name: _merged(base.get(name), value) for name, value in more.items()}
    return {name: value for name, value in {**base, **changed}.items() if value is not None}
