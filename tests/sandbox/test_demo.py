"""The demo as a program: what it prints, what it refuses, how it ends."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import aiohttp
import pytest
import yaml

from tests.short import short

__all__ = ["short"]

ROOT = Path(__file__).parents[2]

PROGRAM = (sys.executable, "-m", "sandbox.demo")
COMMAND = (str(Path(sys.executable).with_name("gonogo")), "demo")

Demo = Callable[..., Awaitable[Process]]


@pytest.fixture
async def demo(short: Path) -> AsyncIterator[Demo]:
    """Starts demos in an empty folder, and leaves none behind."""
    started: list[Process] = []

    async def start(*words: str, program: Sequence[str] = PROGRAM) -> Process:
        process = await asyncio.create_subprocess_exec(
            *(*program, *words),
            cwd=short,
            env={"PYTHONPATH": str(ROOT), "TMPDIR": str(short)},
            stdout=PIPE,
            stderr=PIPE,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ready(process: Process) -> str:
    """The address in its ready line."""
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    found = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+)\n", line)
    assert found, line
    return found[1]


async def told(process: Process) -> tuple[int | None, str]:
    """How it ended, and what it said on stderr; stdout had nothing more."""
    out, err = await process.communicate()
    assert out == b""
    return process.returncode, err.decode()


@pytest.mark.parametrize(
    ("program", "by"), [(PROGRAM, signal.SIGINT), (COMMAND, signal.SIGTERM)], ids=["int", "term"]
)
async def test_it_says_ready_and_nothing_else_and_ends_well(
    demo: Demo, short: Path, program: Sequence[str], by: signal.Signals
) -> None:
    process = await demo("--no-bot", "--port", "0", program=program)
    await ready(process)
    process.send_signal(by)
    assert await told(process) == (0, "")
    assert list(short.iterdir()) == []


async def test_told_to_end_before_it_is_ready_it_ends_well(demo: Demo, short: Path) -> None:
    process = await demo("--port", "0")
    while not list(short.glob("gonogo-*/*")):
        await asyncio.sleep(0.01)
    process.terminate()
    assert await told(process) == (0, "")
    assert list(short.iterdir()) == []


async def test_without_a_bot_it_tells_how_to_run_ones_own(demo: Demo) -> None:
    base = await ready(await demo("--no-bot", "--port", "0", "--seed", "bake", "--mode", "http"))
    async with aiohttp.ClientSession(f"{base}/sandbox/api/") as api:
        env = await (await api.get("env")).json()
        assert await (await api.get("/env")).json() == env
        assert (await api.get("bot")).status == 409
        config = Path(env["GONOGO_CONFIG"])
        assert f"{base}/health/production" in config.read_text()
        assert "Europe/Berlin" in config.read_text()
        assert (await (await api.post("reset", json={"seed": "default"})).json())["ok"]
        assert "Europe/Berlin" not in config.read_text()
    assert env["SLACK_API_URL"] == f"{base}/api/"
    assert "SLACK_SIGNING_SECRET" in env
    assert "SLACK_APP_TOKEN" not in env


async def test_production_is_at_vercel_and_on_a_host_that_can_be_logged_in_to(demo: Demo) -> None:
    base = await ready(await demo("--no-bot", "--port", "0", "--seed", "plain"))
    async with aiohttp.ClientSession(f"{base}/sandbox/api/") as api:
        plain = await (await api.get("env")).json()
        assert "targets" not in Path(plain["GONOGO_CONFIG"]).read_text()
        assert (await (await api.post("reset", json={"seed": "default"})).json())["ok"]
        env = await (await api.get("env")).json()
    rules = yaml.safe_load(Path(env["GONOGO_CONFIG"]).read_text())
    web, host = rules["services"]["app"]["environments"]["production"]["targets"]
    assert (web["kind"], host["kind"]) == ("vercel", "docker_ssh")
    assert "DOCKER_SSH_KEY_FILE" not in plain and Path(env["DOCKER_SSH_KEY_FILE"]).exists()
    assert env["DOCKER_SSH_KNOWN_HOSTS"].startswith(f"[{host['host']}]:{host['port']} ")


async def test_a_port_that_was_asked_for_and_is_taken_is_refused(demo: Demo) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        status, err = await told(await demo("--no-bot", "--port", str(other.getsockname()[1])))
    assert status == 2
    assert "No port to listen on" in err


async def test_the_clock_starts_where_it_was_told(demo: Demo) -> None:
    base = await ready(await demo("--no-bot", "--port", "0", "--clock", "2024-03-26T10:00:00Z"))
    async with aiohttp.ClientSession(f"{base}/sandbox/api/") as api:
        clock = await (await api.get("clock")).json()
    assert clock["now"].startswith("2024-03-26T10:00:")


@pytest.mark.parametrize("words", [["--seed", "x"], ["--clock", "soon"], ["--port", "70000"]])
async def test_words_that_make_no_sense_are_refused(demo: Demo, words: list[str]) -> None:
    status, err = await told(await demo(*words))
    assert status == 2
    assert words[0] in err


async def test_a_strange_database_is_refused_and_left_as_it_was(demo: Demo, short: Path) -> None:
    with sqlite3.connect(short / "real.db") as connection:
        connection.execute("CREATE TABLE deployments (id)")
    connection.close()
    before = (short / "real.db").read_bytes()
    status, err = await told(await demo("--port", "0", "--db", "sqlite:///real.db"))
    assert status == 2
    assert "no sandbox made" in err
    assert (short / "real.db").read_bytes() == before


async def test_a_configuration_that_a_person_wrote_is_left_alone(demo: Demo, short: Path) -> None:
    (short / "gonogo.yaml").write_text("services: {}\n")
    status, err = await told(await demo("--port", "0", "--db", "trial.db"))
    assert status == 2
    assert "another folder" in err
    assert (short / "gonogo.yaml").read_text() == "services: {}\n"


async def test_the_bot_is_killed_started_and_reset_over_http(demo: Demo, short: Path) -> None:
    (short / "bot.py").write_text("raise SystemExit('I only stand in the same folder')\n")
    process = await demo("--port", "0", "--db", "trial.db")
    base = await ready(process)
    async with aiohttp.ClientSession(f"{base}/sandbox/api/") as api:
        first = await (await api.get("bot")).json()
        assert first["state"] == "running"
        killed = await (await api.post("bot/kill")).json()
        assert (killed["ok"], killed["state"], killed["pid"]) == (True, "stopped", None)
        started = await (await api.post("bot/start")).json()
        assert (started["ok"], started["state"]) == (True, "running")
        assert started["pid"] != first["pid"]
        reset = await (await api.post("reset", json={"seed": "ruled"})).json()
        assert (reset["ok"], reset["state"]) == (True, "running")
        assert reset["pid"] != started["pid"]
        asked = (await (await api.get("journal?system=github&method=POST")).json())["journal"]
        assert any(row["path"].endswith("/access_tokens") for row in asked)  # as the App, now
    assert "github_protection_rule" in (short / "gonogo.yaml").read_text()
    process.terminate()
    assert (await told(process))[0] == 0
    with sqlite3.connect(short / "trial.db") as connection:
        assert connection.execute("SELECT name FROM sandbox_seed").fetchall() == [("ruled",)]
    connection.close()
