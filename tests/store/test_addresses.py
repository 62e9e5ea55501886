"""The address says which database; what cannot be one is told in one sentence."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.adapters.store import (
    SqlStore,
    Unreachable,
    Unusable,
    is_current,
    only_instance,
    open_store,
)
from bot.adapters.store.database import checked, open_database
from tests.store.samples import HandClock, only_on_postgres


@pytest.mark.parametrize("wrong", ["", "gonogo.db", "mysql://localhost/gonogo", "postgres"])
def test_another_address_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite:///FILE or postgresql://"):
        open_database(wrong)


@only_on_postgres
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
async def test_every_name_of_postgresql_will_do(address: str, scheme: str) -> None:
    store = open_store(address.replace("postgresql", scheme, 1), HandClock())
    await store.ping()
    await store.close()


async def test_a_database_that_answers_is_there(store: SqlStore) -> None:
    await store.ping()


async def test_a_database_that_is_not_there_is_told() -> None:
    store = open_store("postgresql://nobody@127.0.0.1:1/nothing", HandClock())
    with pytest.raises(Unreachable, match="Connect call failed"):
        await store.ping()
    await store.close()


def test_a_database_for_many_or_for_nobody_needs_no_lock() -> None:
    for address in ("postgresql://localhost/gonogo", "sqlite://"):
        with only_instance(address), only_instance(address):
            pass


@pytest.mark.parametrize("wrong", ["foo", "mysql://x", "postgresql://host:port/gonogo"])
def test_what_is_no_address_is_told_before_anything_is_opened(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite:///FILE or postgresql://"):
        checked(wrong)


def test_a_directory_that_is_missing_is_told_before_anything_is_opened(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no directory"):
        checked(f"sqlite:///{tmp_path}/missing/gonogo.db")
    for good in (f"sqlite:///{tmp_path}/new.db", "sqlite+aiosqlite:///new.db", "sqlite://"):
        assert checked(good) == good


async def test_a_file_that_is_no_database_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, " * 100)
    with pytest.raises(Unusable, match="file is not a database"):
        await is_current(f"sqlite:///{tmp_path}/text.db")


@only_on_postgres
async def test_a_database_that_does_not_exist_is_unusable(address: str) -> None:
    with pytest.raises(Unusable, match="does not exist"):
        await is_current(make_url(address).set(database="nothing").render_as_string(False))
