"""SQLite: one instance, one writer, everything on the disk, and room for those who only read."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.adapters.store import AlreadyRunning, SqlStore, Unreachable, only_instance, open_store
from bot.adapters.store.database import open_database
from bot.ports import Tx
from tests.store.samples import HandClock, a_deployment, only_on_sqlite

pytestmark = only_on_sqlite


@pytest.fixture
def file(address: str) -> Path:
    return Path(address.removeprefix("sqlite:///"))


async def test_a_commit_is_on_the_disk(address: str) -> None:
    database = open_database(address)

    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.scalar(text(f"PRAGMA {name}")) for name in names]

    full = 2
    assert await database.transact(pragmas) == ["wal", full, True]
    await database.close()


async def test_an_operation_is_finished_even_when_its_caller_is_gone(store: SqlStore) -> None:
    running = asyncio.create_task(store.run(lambda tx: tx.add(a_deployment())))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(await store.run(lambda tx: tx.unfinished())) == 1


async def test_closing_finishes_what_was_begun(address: str) -> None:
    first = open_store(address, HandClock())
    adding = asyncio.create_task(first.run(lambda tx: tx.add(a_deployment())))
    await asyncio.sleep(0)
    await first.close()
    second = open_store(address, HandClock())
    assert await second.run(lambda tx: tx.unfinished()) == (await adding,)
    await second.close()


async def test_who_only_reads_does_not_wait_for_a_writer(store: SqlStore, file: Path) -> None:
    writer = sqlite3.connect(file)
    writer.execute("BEGIN IMMEDIATE")
    await store.ping()
    assert (await store.verify_audit())["ok"]
    assert await store.read(lambda tx: tx.due(tx.now)) == ()
    writer.close()


async def test_a_full_disk_may_pass(file: Path) -> None:
    database = open_database(f"sqlite:///{file}")

    def fill(connection: Connection) -> None:
        connection.execute(text("PRAGMA max_page_count = 1"))  # no page more than there are
        connection.execute(text("CREATE TABLE big AS SELECT zeroblob(1000000) AS much"))

    with pytest.raises(Unreachable, match="database or disk is full"):
        await database.transact(fill)
    await database.close()


async def test_relative_files_and_other_driver_names_mean_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    for address in ("sqlite:///gonogo.db", "sqlite+aiosqlite:///gonogo.db"):
        store = open_store(address, HandClock())
        await store.run(lambda tx: tx.audit("U0ANA", "said", "hello"))
        await store.close()
    store = open_store(f"sqlite:///{file}", HandClock())
    assert len(await store.run(lambda tx: tx.trail("hello"))) == 2
    await store.close()


def test_a_second_instance_is_told(address: str) -> None:
    refusal = pytest.raises(AlreadyRunning, match="another gonogo works on")
    with only_instance(address), refusal, only_instance(address):
        pass
    with only_instance(address):
        pass


def test_the_lock_ends_with_the_process_that_held_it(address: str) -> None:
    hold = f"""
import sys
from bot.adapters.store import only_instance
with only_instance({address!r}):
    print("held", flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", hold]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning), only_instance(address):
            pass
        holder.kill()
        holder.wait()
    with only_instance(address):
        pass


def written_until_killed(file: Path) -> int:
    """The last number that a killed process said it had written."""
    write = f"""
import asyncio, itertools
from datetime import UTC, datetime
from bot.adapters.store import open_store

class Clock:
    def now(self):
        return datetime.now(UTC)

async def main():
    store = open_store("sqlite:///{file}", Clock())
    for number in itertools.count():
        def pair(tx):
            tx.audit("U0ANA", "first", f"D{{number}}")
            tx.audit("U0ANA", "second", f"D{{number}}")
        await store.run(pair)
        print(number, flush=True)

asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", write], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        for _ in range(20):
            said = int(writer.stdout.readline())
        writer.kill()
    return said


async def test_a_killed_process_leaves_whole_transactions(file: Path, store: SqlStore) -> None:
    said = await asyncio.to_thread(written_until_killed, file)

    def check(tx: Tx) -> None:
        assert all(len(tx.trail(f"D{number}")) == 2 for number in range(said + 1))
        assert len(tx.trail(f"D{said + 1}")) in (0, 2)

    await store.run(check)
