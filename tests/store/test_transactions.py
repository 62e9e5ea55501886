"""A transaction: whatever its work raises, whoever asked for it hears, and nothing is kept."""

import asyncio

import pytest

from bot.adapters.store import SqlStore
from bot.ports import Tx
from tests.store.samples import a_deployment


class Broken(Exception):
    """Some mistake of ours."""


@pytest.mark.parametrize(
    ("raised", "heard"), [(Broken, Broken), (StopIteration, RuntimeError), (OSError, OSError)]
)
async def test_what_its_work_raises_is_heard(
    store: SqlStore, raised: type[Exception], heard: type[Exception]
) -> None:
    def breaks(tx: Tx) -> None:
        tx.add(a_deployment())
        raise raised

    async with asyncio.timeout(5):
        with pytest.raises(heard):
            await store.run(breaks)
    assert await store.read(lambda tx: tx.unfinished()) == ()
