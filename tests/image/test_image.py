"""The image: built without a hub, run as tightly as it can be, answering, and gone when told."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from sandbox import app
from sandbox.seeds import Seed
from sandbox.world import World
from tests.image.base import base
from tests.image.engine import Engine, engine

ROOT = Path(__file__).parents[2]
HEALTHY_WITHIN = 60.0  # seconds
STOPS_WITHIN = 5.0
TIGHT = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
LOOK = ("find", "/src", "-maxdepth", "2", "-not", "-path", "/src/[bhs]*/*", "-o", "-name", "__py*")
TAKEN = {
    "/src",
    *(f"/src/{name}" for name in ("pyproject.toml", "README.md", "LICENSE")),
    *(f"/src/{name}" for name in ("requirements.lock", "requirements-build.lock")),
    *(f"/src/{name}" for name in ("bot", "handlers", "sandbox")),
    *("/src/docs", "/src/docs/incident-playbook.md"),
}
"""What the image may be built from: no secret, no test and nothing that was compiled here."""

pytestmark = [pytest.mark.needs("docker", "debootstrap"), pytest.mark.timeout(900)]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """The outside, on this machine's loopback."""
    world = World(Seed.named("default"))
    runner = await app.start(world)
    yield world
    await runner.cleanup()


async def test_the_image_runs_the_bot_locked_in_and_lets_it_go_in_good_order(
    world: World, tmp_path: Path
) -> None:
    root_file_system = await base()
    async with engine() as made:
        await made.docker("import", str(root_file_system), "gonogo-base")
        context = str(_context(tmp_path / "context"))
        build = ("build", "--quiet", "--network", "host", "--build-arg", "BASE=gonogo-base")
        await made.docker(*build, "--tag", "gonogo", context)
        await made.docker(*build, "--target", "build", "--tag", "built", context)  # what is kept
        seen = await made.docker("run", "--rm", "--network", "host", "built", *LOOK)
        assert {*seen.split()} - {"/src/host-ca.crt"} == TAKEN
        assert (await made.inspect("gonogo"))["Config"]["User"] == "gonogo"

        await _start(made, world, tmp_path)
        await _becomes_healthy(made)
        assert await made.docker("exec", "bot", "id", "-u") == "10001"
        async with aiohttp.ClientSession() as client:
            assert (await client.get(f"{world.bot_url}/readyz")).status == 200
            command = {"as": "ana", "channel": "deployments", "text": "/deploy v1.2.1"}
            said = await client.post(f"{world.base_url}/sandbox/api/say", json=command)
            answer = (await said.json())["response"]["rendered"]
        assert answer.startswith("Checking app v1.2.1 → production (D2)")

        told = time.monotonic()
        await made.docker("stop", "--time", "10", "bot")
        assert time.monotonic() - told < STOPS_WITHIN
        assert (await made.inspect("bot"))["State"]["ExitCode"] == 0


async def _start(made: Engine, world: World, folder: Path) -> None:
    config = folder / "gonogo.yaml"
    config.write_text(world.seed.gonogo_yaml(world.base_url))
    env = world.env() | {"GONOGO_CONFIG": "/config/gonogo.yaml", "HOST": app.HOST}
    settings = [word for name, value in env.items() for word in ("--env", f"{name}={value}")]
    await made.docker(
        *("run", "--detach", "--name", "bot", "--network", "host", *TIGHT, *settings),
        *("--volume", "gonogo:/data", "--volume", f"{config}:/config/gonogo.yaml:ro", "gonogo"),
    )


async def _becomes_healthy(made: Engine) -> None:
    try:
        async with asyncio.timeout(HEALTHY_WITHIN):
            while (await made.inspect("bot"))["State"]["Health"]["Status"] != "healthy":
                await asyncio.sleep(0.5)
    except TimeoutError:
        pytest.fail(await made.docker("logs", "bot"))


def _context(folder: Path) -> Path:
    """The folder of somebody who works here, secrets and all, and this machine's certificates."""
    big = shutil.ignore_patterns(".git", ".venv", "node_modules", ".*_cache")
    shutil.copytree(ROOT, folder, symlinks=True, ignore=big)
    (folder / ".env").write_text("SLACK_BOT_TOKEN=xoxb-mine\n")
    (folder / "bot" / "__pycache__").mkdir(exist_ok=True)
    if authorities := ssl.get_default_verify_paths().cafile:
        shutil.copy(authorities, folder / "host-ca.crt")
    return folder
