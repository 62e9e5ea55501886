"""How long a rollback takes: typed, switched at every target, verified; beside the same by hand.

`python -m bench.rollback [--n 3]`. Vercel and a host with Docker go back one version, the bot in a
process of its own. By hand is somebody who knows every command and never waits to think: the same
calls of Vercel's API, then the same steps of Docker over SSH, in one run, in turn with the bot.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import aiohttp
import asyncssh

from bench.figures import Figures, show, write
from sandbox import app
from sandbox.host.server import LOOPBACK, REPOSITORY, USER
from sandbox.seeds import Seed
from sandbox.slack.rendering import buttons
from sandbox.supervisor import BotProcess
from sandbox.world import World

GOAL = 1.0  # seconds that the bot may add to the switch
WITHIN = 90.0  # seconds, for anything
LOOK = 0.01
CLI = 0.25  # seconds between two looks, as Vercel's own command line has it
BACK_TO = "v1.1.0"
IMAGE = f"{REPOSITORY}:{BACK_TO}"


async def main() -> int:
    """Measure in turn, print, and answer whether the goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=3)
    n = parser.parse_args().n
    hand, switched, verified = [], [], []
    for _ in range(n):
        async with _world() as world:
            hand.append(await by_hand(world))
        async with _world() as world, _bot(world):
            at = await by_bot(world)
            switched.append(at[0])
            verified.append(at[1])
    rows = (
        Figures("by hand: both targets switched", _ms(hand)),
        Figures("bot: /rollback typed → both switched", _ms(switched), goal="≤ by hand + 1 s"),
        Figures("bot: /rollback typed → verified", _ms(verified)),
    )
    show("A rollback over Vercel and a host", rows)
    adds = rows[1].p50 - rows[0].p50
    write(f"the bot adds {adds / 1000:.2f} s to the switch (goal ≤ {GOAL:g} s)")
    return int(adds > GOAL * 1000)


async def by_bot(world: World) -> tuple[float, float]:
    """Seconds from the command until both run the version, and until people read that it is well;
    whoever typed it confirms at once.
    """
    channel = world.slack.channel_named("deployments")
    async with aiohttp.ClientSession(world.base_url) as control:
        here = {"as": "ana", "channel": "deployments"}
        began = perf_counter()
        await _post(control, "/say", **here, text="/rollback because orders are lost")
        button = f"Roll Back to {BACK_TO}"
        (offer,) = [m for m in channel.messages.values() if button in buttons(m)]
        await _post(control, "/click", **here, ts=offer.ts, button=button)
        await _until(lambda: _runs(world))
        switched = perf_counter() - began
        await _until(lambda: any(m.text.startswith("⚠️") for m in channel.messages.values()))
        return switched, perf_counter() - began


async def by_hand(world: World) -> float:
    """Seconds until both run the version."""
    began = perf_counter()
    await _vercel(world)
    await _docker(world)
    assert _runs(world)
    return perf_counter() - began


async def _vercel(world: World) -> None:
    """What `vercel rollback` does."""
    headers = {"Authorization": f"Bearer {world.seed.secrets.vercel_token}"}
    async with aiohttp.ClientSession(f"{world.base_url}/vercel/", headers=headers) as api:
        async with api.get("v7/deployments?projectId=app&target=production") as answer:
            listed = (await answer.json())["deployments"]
        wanted = next(d["uid"] for d in listed if _version(world, d["uid"]) == BACK_TO)
        async with api.post(f"v1/projects/app/rollback/{wanted}") as answer:
            assert answer.status == 201, await answer.text()
        while True:
            async with api.get("v9/projects/app?rollbackInfo=true") as answer:
                job = (await answer.json())["lastAliasRequest"]
            if job["jobStatus"] == "succeeded":
                return
            await asyncio.sleep(CLI)


async def _docker(world: World) -> None:
    """The safe sequence, typed: a candidate first, then the swap."""
    host = world.host
    async with asyncssh.connect(
        LOOPBACK,
        host.port,
        username=USER,
        client_keys=[str(host.key_file)],
        known_hosts=asyncssh.import_known_hosts(host.known_hosts),
        agent_path=None,
        config=None,
    ) as there:

        async def types(line: str) -> str:
            done = await there.run(f"bash -c '{line}'", check=True)
            return str(done.stdout).strip()

        async def answers(place: str) -> None:
            line = f"curl -fsS -m 2 http://{place}/health"
            while BACK_TO not in await types(f"{line} || true"):  # noqa: ASYNC110 - that is typing
                await asyncio.sleep(0.2)

        await types("docker inspect -f {{.Image}} app")
        await types(f"docker run -d --name try -p {LOOPBACK}::3000 {IMAGE}")
        await answers(await types("docker port try 3000/tcp"))
        await types("docker rm -f try")
        await types("docker rename app before")
        await types("docker stop -t 0 before")
        where = f"{LOOPBACK}:{host.published}"
        await types(f"docker run -d --name app --restart unless-stopped -p {where}:3000 {IMAGE}")
        await answers(where)


def _runs(world: World) -> bool:
    """Whether both run the version."""
    project = world.vercel.project("app")
    running = [c.image.version for c in world.host.engine.containers if c.status == "running"]
    return running == [BACK_TO] and _version(world, project.production or "") == BACK_TO


def _version(world: World, id: str) -> str:
    return world.vercel.project("app").find(id).release.version


@asynccontextmanager
async def _world() -> AsyncIterator[World]:
    world = World(Seed.named("default"))
    runner = await app.start(world)
    try:
        await world.host.start()
        yield world
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _bot(world: World) -> AsyncIterator[BotProcess]:
    """The bot, when it has read what it reads at its start."""
    with TemporaryDirectory(prefix="gonogo-bench-") as name:
        folder = Path(name)
        vercel = {"kind": "vercel", "name": "web", "project": "app"}
        config = folder / "gonogo.yaml"
        config.write_text(world.seed.gonogo_yaml(world.base_url, (vercel, world.host.target())))
        world.more_env = {
            "DATABASE_URL": f"sqlite:///{folder / 'gonogo.db'}",
            "GONOGO_CONFIG": str(config),
            "HOST": app.HOST,
        }
        bot = BotProcess(world.env(), url=str(world.bot_url), log=folder / "bot.log")
        try:
            if not await bot.start(WITHIN):
                raise SystemExit(bot.last_words())
            async with aiohttp.ClientSession(world.base_url) as control:
                await _post(control, "/clock", advance="PT5S")
            yield bot
        finally:
            await bot.kill()


async def _post(control: aiohttp.ClientSession, call: str, **body: object) -> None:
    async with control.post(f"/sandbox/api{call}", json=body) as answer:
        said = await answer.json()
    if answer.status != 200:
        raise SystemExit(f"{call}: {said}")


async def _until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN):
        while not seen():  # noqa: ASYNC110 - the world tells nobody
            await asyncio.sleep(LOOK)


def _ms(times: Sequence[float]) -> list[float]:
    return [time * 1000 for time in times]


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
