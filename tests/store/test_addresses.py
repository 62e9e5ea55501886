"""The address says which database; what cannot be one is told in one sentence."""

import pytest

from bot.adapters.store import SqlStore, only_instance, open_store
from bot.adapters.store.database import open_database
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
    with pytest.raises(OSError, match="Connect call failed"):
        await store.ping()
    await store.close()


def test_a_database_for_many_or_for_nobody_needs_no_lock() -> None:
    for address in ("postgresql://localhost/gonogo", "sqlite://"):
        with only_instance(address), only_instance(address):
            pass
