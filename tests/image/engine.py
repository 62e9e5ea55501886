"""A Docker engine of our own: started by hand, on a socket of its own, gone without a trace."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.strict import find, unavailable

STARTS_WITHIN = 20.0  # seconds
STOPS_WITHIN = 20.0


class CommandFailed(Exception):
    """A program ended with another status than 0; the message is all that it said."""


async def run(*words: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    """What a program prints on both channels. Raises CommandFailed."""
    process = await asyncio.create_subprocess_exec(
        *words, env=env, cwd=cwd, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
    )
    out, _ = await process.communicate()
    text = out.decode(errors="replace").strip()
    if process.returncode != 0:
        raise CommandFailed(f"{' '.join(words[:3])} …: {process.returncode}\n{text}")
    return text


@dataclass(frozen=True)
class Engine:
    """A running engine; without a bridge its containers share the host's network."""

    folder: Path

    async def docker(self, *words: str, cwd: Path | None = None) -> str:
        """What `docker …` prints. Raises CommandFailed."""
        ours = {"DOCKER_HOST": f"unix://{self.folder}/docker.sock", "DOCKER_BUILDKIT": "0"}
        return await run("docker", *words, env=os.environ | ours, cwd=cwd)

    async def inspect(self, thing: str) -> dict[str, Any]:
        """All that the engine knows of a container or an image."""
        found: list[dict[str, Any]] = json.loads(await self.docker("inspect", thing))
        return found[0]


@asynccontextmanager
async def engine(bridge: str = "none") -> AsyncIterator[Engine]:
    """Starts dockerd in a folder that does not outlast it; skips the test where it cannot run.

    Only on a bridge, which must be there, can containers publish ports.
    """
    if os.geteuid() != 0:
        unavailable("docker", "dockerd needs root")
    folder = Path(tempfile.mkdtemp(prefix="gonogo-engine-"))  # short: paths of sockets are limited
    (folder / "daemon.json").write_text(json.dumps(_settings(folder, bridge)))
    with (folder / "log").open("wb") as log:
        dockerd = await asyncio.create_subprocess_exec(
            *(str(find("docker")), "--config-file", str(folder / "daemon.json")),
            stdin=DEVNULL,
            stdout=log,
            stderr=STDOUT,
        )
    made = Engine(folder)
    try:
        try:
            async with asyncio.timeout(STARTS_WITHIN):
                while not await _answers(made):
                    if dockerd.returncode is not None:
                        raise TimeoutError
                    await asyncio.sleep(0.1)
        except TimeoutError:
            last_words = (folder / "log").read_text(errors="replace")[-600:]
            unavailable("docker", f"dockerd did not start: {last_words}")
        yield made
        for container in (await made.docker("ps", "--all", "--quiet")).split():
            await made.docker("rm", "--force", container)
    finally:
        if dockerd.returncode is None:
            dockerd.terminate()
            async with asyncio.timeout(STOPS_WITHIN):
                await dockerd.wait()
        for mounted in ("exec/netns/default", "data"):
            with suppress(CommandFailed):  # each stays behind on some of the ways to an end
                await run("umount", str(folder / mounted))
        shutil.rmtree(folder)


def _settings(folder: Path, bridge: str) -> dict[str, object]:
    return {
        "data-root": str(folder / "data"),
        "exec-root": str(folder / "exec"),
        "pidfile": str(folder / "docker.pid"),
        "hosts": [f"unix://{folder}/docker.sock"],
        "storage-driver": "overlay2",
        "bridge": bridge,
        "ip-forward": False,
        "ip-masq": False,
        "iptables": False,
        "log-level": "warn",
    }


async def _answers(made: Engine) -> bool:
    try:
        await made.docker("version")
    except CommandFailed:
        return False
    return True
