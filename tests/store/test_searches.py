"""Searches find what has all that is asked for, newest first, page by page; dry runs never."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.store import SqlStore
from bot.domain.deployments.searches import Search
from bot.domain.deployments.states import UNFINISHED, Kind, State
from bot.domain.metrics.history import Result
from bot.ports import Tx
from tests.store.samples import START
from tests.store.test_history import a_record

RECORDS = tuple(
    a_record(
        id=f"D{number}",
        service=("app", "web")[number % 2],
        version=f"v1.{number % 3}.0",
        kind=Kind.ROLLBACK if number == 4 else Kind.RELEASE,
        result=Result.FAILURE if number in (4, 5) else Result.SUCCESS,
        requested_by=("U0ANA", "U0BO")[number // 4],
        requested_at=START + timedelta(days=number),
    )
    for number in range(1, 7)
)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Search(), [6, 5, 4, 3, 2, 1]),
        (Search(service="app"), [6, 4, 2]),
        (Search(environment="staging"), []),
        (Search(states=frozenset({State.FAILED})), [5, 4]),
        (Search(states=UNFINISHED), []),
        (Search(kind=Kind.ROLLBACK), [4]),
        (Search(person="U0BO"), [6, 5, 4]),
        (Search(person="U0BO", states=frozenset({State.SUCCEEDED})), [6]),
        (Search(version="v1.0.0"), [6, 3]),
        (Search(since=START + timedelta(days=5)), [6, 5]),
        (Search(since=START + timedelta(days=2), before=START + timedelta(days=4)), [3, 2]),
    ],
)
async def test_what_is_wanted(store: SqlStore, wanted: Search, found: list[int]) -> None:
    def ask(tx: Tx) -> list[int]:
        tx.bring_in(RECORDS, ())
        dry = tx.deployment(6)
        assert dry is not None
        tx.add(replace(dry, dry_run=True, known_as=None))
        return [d.id for d in tx.search(wanted, limit=9)]

    assert await store.run(ask) == found
    paged = await store.read(lambda tx: tx.search(wanted, limit=2, offset=1))
    assert [d.id for d in paged] == found[1:3]
