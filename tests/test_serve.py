"""`gonogo serve` and `check` as processes: they say what they cannot work with, and end well."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.adapters.store import upgrade
from sandbox import app
from sandbox.seeds import Seed
from sandbox.supervisor import INHERITED
from sandbox.world import World

ENDS_WITHIN = 5.0  # seconds
PATIENCE = 30.0  # seconds for a busy machine to start it
ROOT = Path(__file__).parent.parent


@dataclass
class Town:
    """A world, and what `gonogo serve` needs to live in it."""

    world: World
    folder: Path
    changes: dict[str, str] = field(default_factory=dict)

    async def serve(self, command: str = "serve") -> Process:
        """The process, just begun."""
        rules = self.folder / "gonogo.yaml"
        rules.write_text(self.world.seed.gonogo_yaml(self.world.base_url))
        own = {
            "DATABASE_URL": f"sqlite:///{self.folder}/gonogo.db",
            "GONOGO_CONFIG": str(rules),
            "HOST": app.HOST,
            "PYTHONPATH": str(ROOT),
        }
        path = {name: value for name, value in os.environ.items() if name in INHERITED}
        return await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("gonogo"),
            command,
            env=path | self.world.env() | own | self.changes,
            stdout=PIPE,
            stderr=PIPE,
        )

    async def get(self, path: str) -> tuple[int, str]:
        """What it answers, as soon as it does."""
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"{self.world.bot_url}{path}") as answer:
                        return answer.status, await answer.text()
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    world = World(Seed.named("default"))
    runner = await app.start(world)
    yield Town(world, tmp_path)
    await runner.cleanup()


@asynccontextmanager
async def serving(town: Town) -> AsyncIterator[Process]:
    process = await town.serve()
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ends(process: Process) -> tuple[int | None, float]:
    """The exit status after SIGTERM, and how long that took; no token was said to be unused."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(PATIENCE):
        _, told = await process.communicate()
    assert "`token`" not in told.decode()
    return process.returncode, time.monotonic() - began


async def test_a_check_of_what_is_all_well_ends_well(town: Town) -> None:
    await upgrade(f"sqlite:///{town.folder}/gonogo.db")
    process = await town.serve("check")
    async with asyncio.timeout(PATIENCE):
        found, told = await process.communicate()
    assert (process.returncode, told.decode()) == (0, "")
    lines = found.decode().splitlines()
    assert (
        "acme/app release.yml" in found.decode() and [x for x in lines if "  ok  " not in x] == []
    )


@pytest.mark.parametrize("system", ["slack", "github"])
async def test_it_ends_in_time_although_the_other_side_hangs_at_the_start(
    town: Town, system: str
) -> None:
    town.world.faults.add(system=system, kind="timeout", count=100_000)
    async with serving(town) as process:
        assert await town.get("/healthz") == (200, '{"status": "ok"}')
        status, text = await town.get("/readyz")
        assert status == 503 and "starting" in text
        code, took = await ends(process)
        assert code == 0 and took < ENDS_WITHIN


async def test_it_ends_in_time_while_everything_hangs(town: Town) -> None:
    async with serving(town) as process:
        async with asyncio.timeout(PATIENCE):
            while (await town.get("/readyz"))[0] != 200:
                await asyncio.sleep(0.05)
        for system in ("slack", "github"):
            town.world.faults.add(system=system, kind="timeout", count=100_000)
        async with aiohttp.ClientSession(town.world.base_url) as control:
            line = {"as": "ana", "channel": "deployments", "text": "/deploy v1.2.1"}
            async with control.post("/sandbox/api/say", json=line) as said:
                assert said.status == 200
        code, took = await ends(process)
        assert code == 0 and took < ENDS_WITHIN


async def test_it_ends_in_good_order_although_nothing_can_be_stored(town: Town) -> None:
    async with serving(town) as process:
        async with asyncio.timeout(PATIENCE):
            while (await town.get("/readyz"))[0] != 200:
                await asyncio.sleep(0.05)
        with closing(sqlite3.connect(town.folder / "gonogo.db", timeout=10)) as file:
            full = "BEFORE INSERT ON audit_seals BEGIN SELECT RAISE(ABORT, 'full'); END"
            file.execute(f"CREATE TRIGGER full {full}")
        async with aiohttp.ClientSession(town.world.base_url) as control:
            line = {"as": "ana", "channel": "deployments", "text": "/deploy v1.2.1"}
            async with control.post("/sandbox/api/say", json=line) as said:
                assert said.status == 200
        code, took = await ends(process)
        assert code == 0 and took < ENDS_WITHIN


async def test_a_database_that_is_away_is_waited_for(town: Town) -> None:
    town.changes["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    async with serving(town) as process:
        assert (await town.get("/healthz"))[0] == 200
        async with asyncio.timeout(PATIENCE):
            while "the database does not answer (" not in (await town.get("/readyz"))[1]:
                await asyncio.sleep(0.05)
        assert (await town.get("/readyz"))[0] == 503
        code, took = await ends(process)
        assert code == 0 and took < ENDS_WITHIN


async def test_a_database_that_is_taken_while_it_starts_is_waited_for(town: Town) -> None:
    """It is read and found in order; then somebody else writes for longer than it waits."""
    file = town.folder / "gonogo.db"
    await upgrade(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with serving(town) as process:
            async with asyncio.timeout(PATIENCE):
                while "does not answer (database is locked)" not in (await town.get("/readyz"))[1]:
                    await asyncio.sleep(0.05)
                other.rollback()
                while (await town.get("/readyz"))[0] != 200:
                    await asyncio.sleep(0.05)
            assert (await ends(process))[0] == 0


@pytest.mark.parametrize("command", ["serve", "check"])
async def test_a_database_of_a_newer_version_is_said_in_a_sentence(
    town: Town, command: str
) -> None:
    file = town.folder / "gonogo.db"
    await upgrade(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    process = await town.serve(command)
    async with asyncio.timeout(PATIENCE):
        found, told = await process.communicate()
    assert process.returncode == {"serve": 2, "check": 1}[command]
    assert "a newer gonogo made its tables (9999; " in (found + told).decode()
    assert "Traceback" not in told.decode()


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("foo", "the database has to be sqlite:///FILE or postgresql://"),
        ("mysql://x", "the database has to be sqlite:///FILE or postgresql://"),
        ("sqlite:////nowhere/at/all/gonogo.db", "there is no directory /nowhere/at/all"),
        ("sqlite:///{folder}/gonogo.yaml", "file is not a database"),
    ],
)
async def test_a_wrong_database_is_said_in_a_sentence(town: Town, address: str, why: str) -> None:
    town.changes["DATABASE_URL"] = address.format(folder=town.folder)
    async with serving(town) as process:
        _, told = await process.communicate()
    assert process.returncode == 2
    assert f"gonogo: DATABASE_URL: {why}" in told.decode()
    assert "Traceback" not in told.decode()


async def test_a_port_that_is_taken_is_said_in_a_sentence(town: Town) -> None:
    town.changes["PORT"] = town.world.base_url.rpartition(":")[2]
    async with serving(town) as process:
        _, told = await process.communicate()
    assert process.returncode == 2
    assert "gonogo: PORT, HOST: " in told.decode() and "Traceback" not in told.decode()


@pytest.mark.parametrize("command", ["serve", "check"])
async def test_a_token_that_is_missing_is_said_in_a_sentence(town: Town, command: str) -> None:
    town.changes["UPTIME_KUMA_PASSWORD"] = ""
    process = await town.serve(command)
    async with asyncio.timeout(PATIENCE):
        _, told = await process.communicate()
    assert process.returncode == 2
    [line] = told.decode().splitlines()  # nothing that was left open complains
    assert line == "gonogo: UPTIME_KUMA_PASSWORD: is missing (status_page of kind uptime_kuma)"


async def test_a_token_that_slack_refuses_ends_it_with_what_to_do(town: Town) -> None:
    town.changes["SLACK_BOT_TOKEN"] = "xoxb-of-another-app"
    async with serving(town) as process, asyncio.timeout(PATIENCE):
        _, told = await process.communicate()
    assert process.returncode == 69
    last = told.decode().splitlines()[-1]
    assert last.startswith("gonogo: ") and "SLACK_BOT_TOKEN" in last


async def test_a_second_one_on_the_same_file_is_told(town: Town) -> None:
    async with serving(town):
        assert await town.get("/healthz") == (200, '{"status": "ok"}')
        async with serving(town) as second, asyncio.timeout(PATIENCE):
            _, told = await second.communicate()
    assert second.returncode == 75
    assert "gonogo: another gonogo works on " in told.decode()
