"""How the answers grow with the history: 10³, 10⁴ and 10⁵ deployments of fifty services, on both
databases, and what a start does with them.

`python -m bench.scale [--n 30] [--least 1000] [--most 100000] [--postgres URL]`, up to 10⁶. Each
history is five years long and has an incident for every ten deployments. It is taken in as `gonogo
import` does it; then what people type is read again and again, by one client, inside the store. A
PostgreSQL of one's own (an empty database) takes the largest history alone.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import re
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory

from bench.figures import Figures, show, write
from bench.store import ANA, postgres_server
from bot.adapters.clocks import SystemClock
from bot.adapters.store import SqlStore, is_current, open_store, upgrade
from bot.config import Config
from bot.domain.deployments.changes import Commit
from bot.domain.grammar import HistoryWish, ReportWish
from bot.domain.metrics.history import CauseState, IncidentRecord, Record, Result
from bot.domain.metrics.metrics import Window
from bot.ports import Tx
from bot.services.knowing.exchanging import take_in
from bot.services.knowing.histories import history
from bot.services.knowing.homes import read
from bot.services.knowing.measuring import measure
from bot.services.knowing.reports import report

SERVICES = tuple(f"s{number:02}" for number in range(50))
YEARS = timedelta(days=5 * 365)
END = datetime(2026, 1, 1, tzinfo=UTC)
CONFIG = Config.model_validate({"services": {name: {"repo": "acme/app"} for name in SERVICES}})
SIZES = (1_000, 10_000, 100_000, 1_000_000)
LEAST, MOST = SIZES[0], SIZES[2]
STARTS = 10
FIRST = re.compile("the first: ([0-9.]+)")
YEAR = Window(start=END - timedelta(days=365), end=END, as_of=END)
PLACE = {"service": "s07", "environment": "production"}
HERE = HistoryWish(service="s07", environment="production")
PERSON = HistoryWish(person="ana", page=9)


async def main(times: int, sizes: Sequence[int], postgres: str | None) -> None:
    """Measure and print; the last table says how each answer grows."""
    gc.disable()  # as `gonogo import` does
    grown: dict[str, dict[int, list[Figures]]] = {}
    for size in sizes:
        with TemporaryDirectory(prefix="gonogo-bench-") as folder:
            address = f"sqlite:///{folder}/gonogo.db"
            grown.setdefault("SQLite", {})[size] = await _measure("SQLite", address, size, times)
    for size in sizes if postgres is None else sizes[-1:]:
        with postgres_server(postgres) as server:
            if server is not None:
                found = await _measure("PostgreSQL", server, size, times)
                grown.setdefault("PostgreSQL", {})[size] = found
    for name, by_size in grown.items():
        _show_growth(name, by_size)


def _show_growth(name: str, by_size: dict[int, list[Figures]]) -> None:
    """The middle and the tail of each answer, a column for each size."""
    heads = "".join(f"{size:>20,}" for size in by_size)
    write(f"\n{name}, p50 / p99 in ms{'':<11}{heads}  goal (the first time at each size, in ms)")
    for rows in zip(*by_size.values(), strict=True):
        cells = "".join(f"{f'{row.p50:.1f} / {row.p99:.1f}':>20}" for row in rows)
        firsts = ", ".join(found[1] for row in rows if (found := FIRST.search(row.goal)))
        write(f"{rows[0].name:<32}{cells}  {GOALS.get(rows[0].name, '')} ({firsts})")


async def fill(store: SqlStore, size: int) -> float:
    """Take a history of that size in; how many seconds it took."""
    records, incidents = list(enumerate(_records(size), 1)), list(enumerate(_incidents(size), 1))
    began = time.perf_counter()
    await store.run(lambda tx: take_in(tx, records, incidents))
    return time.perf_counter() - began


async def _measure(name: str, address: str, size: int, times: int) -> list[Figures]:
    await upgrade(address)
    store = open_store(address, SystemClock(), answers_within=None)
    try:
        took = await fill(store, size)
        await store.run(lambda tx: tx.keep_people([(ANA, "ana")]))
        write(f"\n{name}, {size} deployments taken in within {took:.1f} s")
        rows = [await _read(store, what, work, times) for what, work in WORK.items()]
        rows.append(await _start(address, times))
        show(f"{name}, {size} deployments", rows)
        return rows
    finally:
        await store.close()


async def _start(address: str, times: int) -> Figures:
    """What a start does with the store: look whether its tables are right, connect, and ask what is
    unfinished and what is due.
    """
    took = []
    for _ in range(min(times, STARTS)):
        began = time.perf_counter()
        assert await is_current(address)
        store = open_store(address, SystemClock())
        await store.run(lambda tx: tx.release_dispatching())
        await store.read(lambda tx: (tx.unfinished(), tx.chores()))
        took.append((time.perf_counter() - began) * 1000)
        await store.close()
    return Figures("start-up, as far as the store", took)


async def _read(store: SqlStore, what: str, work: Callable[[Tx], object], times: int) -> Figures:
    """The first time is told apart: then each statement is compiled, and prepared once for a
    connection.
    """
    took = []
    for _ in range(times + 1):
        began = time.perf_counter()
        await store.read(work)
        took.append((time.perf_counter() - began) * 1000)
    goal = f"{GOALS.get(what, '')} (the first: {took[0]:.1f} ms)".strip()
    return Figures(what, took[1:], goal=goal)


WORK: dict[str, Callable[[Tx], object]] = {
    "nothing": lambda tx: None,
    "history of one place": lambda tx: history(tx, CONFIG, HERE),
    "history of a person, page 9": lambda tx: history(tx, CONFIG, PERSON),
    "history of one version": lambda tx: history(tx, CONFIG, HistoryWish(version="v1.7.0")),
    "history of void ones": lambda tx: history(tx, CONFIG, HistoryWish(outcome="void")),
    "show D500": lambda tx: report(tx, CONFIG, ReportWish(report="show", deployment=500)),
    "status of one place": lambda tx: report(tx, CONFIG, ReportWish(report="status", **PLACE)),  # type: ignore[arg-type]
    "metrics of a year": lambda tx: measure(tx, "s07", "production", YEAR),
    "App Home": lambda tx: read(tx, CONFIG, "U0ANA"),
}
GOALS = {
    **{name: "p99 ≤ 20 ms" for name in WORK if name.startswith("history")},
    "show D500": "p99 ≤ 20 ms",
    "status of one place": "p99 ≤ 20 ms",
    "metrics of a year": "p99 ≤ 300 ms",
}


def _records(size: int) -> Iterator[Record]:
    for number in range(size):
        at = END - YEARS + YEARS * (number / size)
        commit = Commit(sha=f"{number:040x}", authored_at=at - timedelta(hours=9))
        yield Record(
            id=f"D{number + 1}",
            service=SERVICES[number % len(SERVICES)],
            environment=("production", "staging")[number // len(SERVICES) % 2],
            version=f"v1.{number}.0",
            result=Result.FAILURE if number % 17 == 0 else Result.SUCCESS,
            requested_at=at,
            live_at=at + timedelta(minutes=5),
            healthy_at=at + timedelta(minutes=7),
            requested_by="U0ANA",
            approved_by=("U0BO",),
            commits=(commit,),
        )


def _incidents(size: int) -> Iterator[IncidentRecord]:
    for number in range(0, size, 10):
        at = END - YEARS + YEARS * (number / size)
        turn = number // 10 % len(SERVICES)
        yield IncidentRecord(
            id=f"INC-{number // 10 + 1}",
            service=SERVICES[turn],
            severity="major",
            title="slow",
            declared_at=at,
            started_at=at,
            restored_at=at + timedelta(minutes=20),
            resolved_at=at + timedelta(hours=1),
            cause=f"D{number - number % len(SERVICES) + turn + 1}",
            cause_state=CauseState.CONFIRMED,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=30, help="times that each is read")
    parser.add_argument("--least", type=int, default=LEAST, help="the smallest history")
    parser.add_argument("--most", type=int, default=MOST, help="the largest history")
    parser.add_argument("--postgres", help="address of an empty database")
    arguments = parser.parse_args()
    sizes = [size for size in SIZES if arguments.least <= size <= arguments.most]
    asyncio.run(main(arguments.n, sizes, arguments.postgres))
