"""The bot as a child process: ready, killed, stopped, and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sandbox.supervisor import BotProcess

# A bot that only answers /readyz; GONOGO_TRIAL lets it misbehave.
STAND_IN = """
import http.server, os, signal, sys
trial = os.environ.get("GONOGO_TRIAL", "")
if trial == "crash":
    sys.exit("no token")
if trial == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        late = trial.startswith("late") and not os.path.exists(trial[5:])
        self.send_response(503 if late or trial == "never ready" else 200)
        self.end_headers()
        self.wfile.write(os.environ.get("SLACK_BOT_TOKEN", "no token").encode())
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
"""

Make = Callable[..., BotProcess]


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Make]:
    made: list[BotProcess] = []

    def make(trial: str = "", **more: float) -> BotProcess:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        program = tmp_path / "stand_in.py"
        program.write_text(STAND_IN)
        env = {"PORT": str(port), "GONOGO_TRIAL": trial}
        url = f"http://127.0.0.1:{port}"
        log = tmp_path / "bot.log"
        runs = (sys.executable, str(program))
        made.append(BotProcess(env, url=url, log=log, program=runs, **more))
        return made[-1]

    yield make
    for one in made:
        await one.kill()


async def test_it_runs_until_it_is_killed_and_then_starts_anew(bot: Make) -> None:
    one = bot()
    assert one.state() == {"pid": None, "state": "stopped", "url": one.url}
    assert await one.start()
    first = one.state()
    assert first["state"] == "running"
    await one.kill()
    assert one.state()["state"] == "stopped"
    assert await one.start()
    assert one.state()["state"] == "running"
    assert one.state()["pid"] != first["pid"]


async def test_starting_what_runs_starts_nothing(bot: Make) -> None:
    one = bot()
    assert await one.start()
    pid = one.state()["pid"]
    assert await one.start()
    assert one.state()["pid"] == pid


async def test_a_bot_that_is_not_ready_in_time_keeps_on_starting(bot: Make) -> None:
    one = bot("never ready")
    assert not await one.start(within=1)
    assert one.state()["state"] == "starting"


async def test_a_bot_that_is_ready_late_is_running_from_then_on(bot: Make, tmp_path: Path) -> None:
    go = tmp_path / "go"
    one = bot(f"late {go}")
    assert not await one.start(within=0.1)
    go.touch()
    async with asyncio.timeout(30):
        while one.state()["state"] == "starting":
            await asyncio.sleep(0.01)
    assert one.state()["state"] == "running"


async def test_a_kill_does_not_wait_for_the_start(bot: Make) -> None:
    one = bot("never ready")
    start = asyncio.create_task(one.start(within=60))
    while one.state()["pid"] is None:
        await asyncio.sleep(0)
    await one.kill()
    assert not await start
    assert one.state()["state"] == "stopped"


async def test_a_bot_that_ends_at_once_is_told_by_its_last_words(bot: Make) -> None:
    one = bot("crash")
    assert not await one.start()
    assert one.last_words() == "no token"


async def test_a_bot_deaf_to_sigterm_is_killed(bot: Make) -> None:
    one = bot("deaf", stops_within=0.2)
    assert await one.start()
    await one.stop()
    assert one.state()["state"] == "stopped"


async def test_real_tokens_of_this_machine_do_not_reach_it(
    bot: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-real")
    one = bot()
    assert await one.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(one.env["PORT"]))
    writer.write(b"GET / HTTP/1.0\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert answer.endswith(b"no token")


@pytest.mark.skipif(sys.platform != "linux", reason="the parent's death is a signal on Linux only")
async def test_it_dies_with_a_parent_that_is_killed(bot: Make) -> None:
    one = bot()
    parent_program = f"""
import asyncio, sys
from pathlib import Path
from sandbox.supervisor import BotProcess
async def main():
    one = BotProcess({one.env!r}, url={one.url!r}, log=Path({str(one.log)!r}),
                     program={one.program!r})
    print(await one.start() and one.state()["pid"], flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", parent_program, stdout=asyncio.subprocess.PIPE, cwd=Path.cwd()
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    async with asyncio.timeout(30):
        while _runs(pid):
            await asyncio.sleep(0.02)


def _runs(pid: int) -> bool:
    """Neither gone nor a zombie that nobody has buried yet."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
